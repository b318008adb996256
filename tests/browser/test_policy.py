"""What people write shows as what it is, and calls nobody, in another person's browser (claims C39 and C40)."""

from playwright.sync_api import expect

from conftest import LAB_TIMEOUT_MS, People
from server import InterviewServer, create_session, free_port, register

PASSWORD = "correct horse battery"
TRAP = "<img src=x onerror=window.trapped=1><script>window.trapped=1</script>"
LOADS = """address => new Promise(resolve => {
    document.addEventListener('securitypolicyviolation', event => resolve('refused: ' + event.effectiveDirective));
    const image = new Image();
    image.onload = () => resolve('loaded');
    image.onerror = () => setTimeout(() => resolve('failed'), 500);
    image.src = address;
    document.body.append(image);
})"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def test_claims_39_and_40_markup_in_names_is_text_and_no_image_of_another_site_is_asked_for(
    server: InterviewServer, people: People
) -> None:
    maya = register(server, f"Maya {TRAP}")
    create_session(maya, title=f"Title {TRAP}", description=f"About {TRAP}")
    page = people("Maya", server).page
    page.goto(f"{server.url}codewithme/login?next=/base/codewithme/account")
    page.get_by_label("Email").fill(maya.user["email"])
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Maya {TRAP}")).to_be_visible()
    page.goto(f"{server.url}lab")
    expect(page.get_by_role("heading", name=f"Title {TRAP}")).to_be_visible(timeout=LAB_TIMEOUT_MS)
    expect(page.get_by_text(f"About {TRAP}")).to_be_visible()
    assert page.evaluate("window.trapped") is None
    assert page.evaluate(LOADS, PIXEL) == "loaded"
    assert page.evaluate(LOADS, f"http://127.0.0.1:{free_port()}/who-reads-this.png") == "refused: img-src"
