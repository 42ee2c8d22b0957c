"""Second steps in Chromium: a code app, its recovery codes, and a passkey held by an authenticator of the browser."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

PASSWORD = "palabre-demo"
PERIOD = 30  # seconds
WRONG = {
    "fr": "Ce n’est pas le bon code. Attendez le prochain code de votre application",
    "en": "This is not the right code. Wait for the next code of your app",
}


ONE_STEP = """
from people.models import User
from allauth.mfa.models import Authenticator
people = User.objects.filter(email="{who}@demo.palabre.test")
Authenticator.objects.filter(user__in=people).delete()
"""


def code_of(secret: str) -> str:
    """The code of now, with the time left to send it."""
    left = PERIOD - time.time() % PERIOD
    if left < 6:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def is_not(code: str) -> str:
    """Six digits that are no code now, nor the one before or after."""
    return f"{(int(code) + 314_159) % 1_000_000:06}"


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()


def confirm_that_it_is_me(page: Page) -> None:
    page.locator("main input[name=password]").fill(PASSWORD)
    send(page)


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    send(page)
    page.wait_for_url(lambda address: "logout" not in address)


def sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(f"{who}@demo.palabre.test")
    page.locator("input[name=password]").fill(PASSWORD)
    send(page)


def is_signed_in(page: Page) -> None:
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto("/settings/")
    expect(page).to_have_url(re.compile("/settings/$"))


@pytest.fixture
def open_door(browser, academy):
    """The sign-in page in a browser of its own, by the academy's name: browsers hold passkeys for names, not numbers."""
    contexts = []

    def open_door(locale: str) -> Page:
        url = academy.url.replace("127.0.0.1", "localhost")
        contexts.append(browser.new_context(base_url=url, locale=locale))
        page = contexts[-1].new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto("/accounts/login/")
        return page

    yield open_door
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("who", "language"), [("awa", "fr"), ("priya", "en")])
def test_a_code_app_is_set_up_asked_for_and_turned_off(open_door, academy, who, language):
    academy.manage("shell", "-c", ONE_STEP.format(who=who))
    page = open_door(language)
    sign_in(page, who)
    is_signed_in(page)
    page.locator("a[href='/accounts/2fa/']").click()
    page.locator("a[href='/accounts/2fa/totp/activate/']").click()
    confirm_that_it_is_me(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("main input[name=code]").fill(is_not(code_of(secret)))
    send(page)
    expect(page.locator("main")).to_contain_text(WRONG[language])
    assert page.locator("#authenticator_secret").input_value() == secret
    page.locator("main input[name=code]").fill(code_of(secret))
    send(page)
    recovery = page.locator("#recovery_codes").input_value().split()
    assert len(recovery) == 10

    sign_out(page)
    sign_in(page, who)
    page.wait_for_url("**/accounts/2fa/authenticate/")
    page.goto("/settings/")  # The password alone opens nothing.
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/$"))
    page.locator("main input[name=code]").fill(is_not(code_of(secret)))
    send(page)
    expect(page.locator("main")).to_contain_text(WRONG[language])
    page.locator("main input[name=code]").fill(code_of(secret))
    send(page)
    is_signed_in(page)

    for opens in (True, False):  # A recovery code works once.
        sign_out(page)
        sign_in(page, who)
        page.locator("main input[name=code]").fill(recovery[0])
        send(page)
        if opens:
            is_signed_in(page)
    expect(page.locator("main")).to_contain_text(WRONG[language])
    page.locator("main input[name=code]").fill(recovery[1])
    send(page)
    is_signed_in(page)

    page.goto("/accounts/2fa/totp/deactivate/")
    confirm_that_it_is_me(page)
    send(page)
    sign_out(page)
    sign_in(page, who)
    is_signed_in(page)
    assert page.errors == []


@pytest.fixture
def device():
    """Gives a page an authenticator of its own that says yes to whatever it is asked, or to nothing."""

    def device(page: Page):
        protocol = page.context.new_cdp_session(page)
        protocol.send("WebAuthn.enable")
        made = protocol.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        return protocol, made["authenticatorId"]

    return device


def test_a_passkey_is_added_opens_the_account_and_is_removed(academy, open_door, device):
    page = open_door("fr-FR")
    academy.manage("shell", "-c", ONE_STEP.format(who="marc"))
    sign_in(page, "marc")
    is_signed_in(page)
    protocol, number = device(page)
    page.goto("/accounts/2fa/")
    page.locator("a[href='/accounts/2fa/webauthn/add/']").click()
    confirm_that_it_is_me(page)
    page.locator("main input[name=name]").fill("Téléphone de Marc")
    page.get_by_role("button", name="Ajouter").click()
    page.wait_for_url("**/recovery-codes/**")
    (kept,) = protocol.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
    assert kept["isResidentCredential"]
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main li", has_text="Téléphone de Marc")).to_contain_text(
        "Ouvre votre compte à elle seule"
    )

    sign_out(page)
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    is_signed_in(page)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main li", has_text="Téléphone de Marc")).to_contain_text(
        "utilisée pour la dernière fois"
    )

    # After the password it serves as the second step as well.
    sign_out(page)
    sign_in(page, "marc")
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    is_signed_in(page)

    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Supprimer").click()
    confirm_that_it_is_me(page)
    expect(page.locator("main")).to_contain_text("« Téléphone de Marc » n’ouvrira plus votre compte")
    send(page)
    page.wait_for_url(lambda address: "remove" not in address)
    sign_out(page)
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_timeout(300)
    page.goto("/settings/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert page.errors == []


def test_a_device_without_a_passkey_gets_a_sentence(open_door, device):
    page = open_door("fr-FR")
    device(page)
    page.locator("#passkey_login").click()
    expect(page.get_by_text("Votre appareil n’a donné aucune clé d’accès")).to_be_visible()
