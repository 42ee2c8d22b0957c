"""The description of the API, for people signed in."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class ApiSchema(SpectacularAPIView):
    access = "signed_in"


class ApiDocs(SpectacularSwaggerSplitView):
    access = "signed_in"
    template_name = "lms/api_docs.html"
