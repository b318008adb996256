"""What people write shows as what it is, and calls nobody, in another person's browser (claims C39 and C40)."""

from urllib.parse import quote

from playwright.sync_api import expect

from conftest import LAB_TIMEOUT_MS, People, editor
from server import InterviewServer, admit, create_session, free_port, knock, register

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
ELSEWHERE = "http://elsewhere.example/"
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


PROBLEM = f"""# Two sum

{TRAP}

<iframe src="javascript:parent.trapped=1" srcdoc="<script>parent.trapped=1</script>"></iframe>
<svg onload="window.trapped=1"></svg><a href="javascript:window.trapped=1">raw link</a>
<form action="{ELSEWHERE}"><input name="password"><button>Log in</button></form>
<p style="position:fixed;inset:0;background:url({ELSEWHERE}style.png)">cover</p>
<link rel="stylesheet" href="{ELSEWHERE}x.css"><meta http-equiv="refresh" content="0;url={ELSEWHERE}">

[a link](javascript:window.trapped=1) [data](data:text/html,<script>opener.trapped=1</script>)
![an image]({ELSEWHERE}image.png) <img src="{ELSEWHERE}raw.png" srcset="{ELSEWHERE}set.png 2x">

`code {TRAP}`
"""


def test_claims_39_and_40_nothing_that_a_candidate_or_a_problem_shows_runs_or_calls_home_in_the_interview(
    server: InterviewServer, people: People
) -> None:
    maya = register(server, f"Maya {TRAP}")
    session = create_session(maya, title=f"Title {TRAP}", problem_statement=PROBLEM)
    priya = admit(maya, session, knock(maya, session, f"Priya {TRAP}"))
    knock(maya, session, f"Jun {TRAP}")
    sid, file = session["id"], "<img src=x onerror=window.trapped=1>.md"
    body = {"type": "file", "format": "text", "content": f"{PROBLEM}"}
    put = priya.request("PUT", f"api/contents/{session['folder']}/{quote(file)}", json=body)
    assert put.status_code == 201, put.text
    priya.call("POST", f"sessions/{sid}/chat", {"text": f"Chat {TRAP}"})
    priya.call("POST", f"sessions/{sid}/snapshots", {"content": "x", "message": f"Snapshot {TRAP}"})
    page = people("Maya", server).page
    asked: list[str] = []
    page.on("response", lambda response: asked.append(response.url))
    page.context.route(f"{ELSEWHERE}**", lambda route: (asked.append(route.request.url), route.abort()))
    page.context.add_cookies([{"name": "codewithme_access", "value": maya.token, "url": server.origin}])
    page.goto(f"{server.url}lab/workspaces/interview-{sid}")
    expect(editor(page)).to_be_visible(timeout=LAB_TIMEOUT_MS)
    expect(page.get_by_role("list", name="In the interview")).to_contain_text(f"Priya {TRAP}")
    run = {"language": "python", "code": f"print({f'Output {TRAP}'!r})", "sessionId": sid}
    assert priya.call("POST", "execute", run)["exitCode"] == 0
    page.get_by_role("heading", name="Snapshots").or_(page.get_by_title("Snapshots")).first.click()  # it is folded
    for place, text in (
        (page.get_by_role("group", name=f"Jun {TRAP} waits to be admitted"), f"Jun {TRAP}"),
        (page.get_by_role("log", name="Chat"), f"Chat {TRAP}"),
        (page.get_by_role("log", name="Output"), f"Output {TRAP}"),
        (page.get_by_role("log", name="Activity"), f"Priya {TRAP}"),
        (page.get_by_role("list", name="Snapshots"), f"Snapshot {TRAP}"),
        (page.locator(".jp-cwm-Files"), file),
    ):
        expect(place).to_contain_text(text)
    problem = page.get_by_role("document", name="Problem")
    expect(problem.get_by_role("heading", name="Two sum")).to_be_visible()
    expect(problem.locator("code")).to_contain_text(f"code {TRAP}")
    elements = "script, iframe, svg, form, input, button, link, meta, style, "
    attributes = "[style], [onerror], [onload], [srcset], [href^=javascript], [href^=data]"
    assert [one.evaluate("node => node.outerHTML") for one in problem.locator(elements + attributes).all()] == []
    for link in problem.get_by_text("link").all():
        link.click(modifiers=["Control"])
    page.locator(".jp-cwm-Files .jp-DirListing-item", has_text=file).dblclick()
    expect(page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=file)).to_be_visible()
    assert page.evaluate("window.trapped") is None
    assert [address for address in asked if not address.startswith((server.origin, "data:", "blob:"))] == []
