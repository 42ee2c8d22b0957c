from people.models.access import Invitation, RoleGrant
from people.models.organisation import Organisation, Unit, UnitMembership
from people.models.privacy import Consent, DataRequest
from people.models.profile import Profile, Skill, Standing, UserSkill
from people.models.user import User
