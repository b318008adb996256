"""A person's reach ends at their sessions' folders, whatever they write into a path (claims C21, C36, C37, C38)."""

import http.client
import json
import os
from pathlib import Path
from typing import Any

import pytest

from server import InterviewServer, Person, admit, create_session, knock, owner, register

Session = dict[str, Any]
REFUSED = {400, 403, 404}


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """An account that hosts all sessions here, since hashing a password takes longer than most tests."""
    return register(server)


@pytest.fixture
def folder(maya: Person, session: Session) -> Path:
    """The session's folder on disk."""
    path: Path = maya.server.data_dir / "files" / session["folder"]
    return path


@pytest.fixture(scope="module")
def zoe(server: InterviewServer) -> Person:
    """Somebody else with an account."""
    return register(server, "Zoe Elsewhere")


@pytest.fixture
def other_folder(maya: Person, zoe: Person) -> str:
    """The contents path of somebody else's session, which has a file called `secret.txt`."""
    other = create_session(zoe)
    (maya.server.data_dir / "files" / other["folder"] / "secret.txt").write_text("a secret")
    return str(other["folder"])


def raw(person: Person, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    """A request whose path no client tidies up."""
    connection = http.client.HTTPConnection("127.0.0.1", person.server.port, timeout=30)
    try:
        headers = {**person.headers, "Content-Type": "application/json"}
        connection.request(
            method, person.server.base_url + path, json.dumps(body) if body is not None else None, headers
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


PATHS = [
    "{other}/secret.txt",
    "{own}/../{other_id}/secret.txt",
    "{own}/%2e%2e/{other_id}/secret.txt",
    "{own}/%252e%252e/{other_id}/secret.txt",
    "{own}/..%2f{other_id}/secret.txt",
    "{own}/..%5c{other_id}/secret.txt",
    "{own}/.%00./{other_id}/secret.txt",
    "{own}%00/../{other}/secret.txt",
    "{own}x/secret.txt",
    "{own}-other/secret.txt",
    "interviews/./{other_id}/secret.txt",
    "Interviews/{other_id}/secret.txt",
    "RTC:{other}/secret.txt",
    "{own}/RTC:/../../{other_id}/secret.txt",
    "%2Fetc/passwd",
    "/etc/passwd",
    "..%2f..%2fcodewithme.sqlite",
    "../codewithme.sqlite",
    "~/.bashrc",
]


@pytest.mark.parametrize("template", PATHS)
def test_claim_37_no_way_of_writing_a_path_leads_out(
    priya: Person, session: Session, other_folder: str, template: str
) -> None:
    path = template.format(own=session["folder"], other=other_folder, other_id=other_folder.rpartition("/")[2])
    for door in ("api/contents/{}", "files/{}", "view/{}", "nbconvert/html/{}", "api/contents/{}/checkpoints"):
        status, answer = raw(priya, "GET", door.format(path))
        assert status in REFUSED
        assert b"a secret" not in answer
        assert b"root:" not in answer


@pytest.mark.parametrize("template", PATHS)
def test_claim_37_nothing_is_written_renamed_or_copied_by_such_a_path(
    priya: Person, session: Session, folder: Path, other_folder: str, template: str
) -> None:
    path = template.format(own=session["folder"], other=other_folder, other_id=other_folder.rpartition("/")[2])
    before = _all_files(priya)
    (folder / "mine.txt").write_text("mine")
    before.add(folder / "mine.txt")
    content = {"type": "file", "format": "text", "content": "overwritten"}
    plain = path.replace("%2e", ".").replace("%2f", "/").replace("%2F", "/").replace("%5c", "\\").replace("%00", "\x00")
    for status, _ in (
        raw(priya, "PUT", f"api/contents/{path}", content),
        raw(priya, "DELETE", f"api/contents/{path}"),
        raw(priya, "POST", f"api/contents/{path}", {"type": "file"}),
        raw(priya, "PATCH", f"api/contents/{session['folder']}/mine.txt", {"path": plain}),
        raw(priya, "POST", f"api/contents/{session['folder']}", {"copy_from": plain}),
        raw(priya, "PUT", f"api/collaboration/session/{path}", {"format": "text", "type": "file"}),
    ):
        assert status in REFUSED
    assert _all_files(priya) == before
    assert (priya.server.data_dir / "files" / other_folder / "secret.txt").read_text() == "a secret"


@pytest.mark.parametrize("who", ["candidate", "host", "owner"])
def test_claim_37_nobody_goes_through_a_link_out_of_the_folder(
    maya: Person, priya: Person, session: Session, folder: Path, tmp_path: Path, who: str
) -> None:
    person = {"candidate": priya, "host": maya, "owner": owner(maya.server)}[who]
    (tmp_path / "secret.txt").write_text("a secret")
    (folder / "file.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "inner").mkdir()
    (folder / "inner" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(os.path.relpath(tmp_path, folder))
    own = session["folder"]
    for path in (f"{own}/file.txt", f"{own}/elsewhere/secret.txt", f"{own}/inner/link.txt", f"{own}/up/secret.txt"):
        for door in ("api/contents/", "files/", "view/", "nbconvert/html/"):
            status, answer = raw(person, "GET", door + path)
            assert status in REFUSED
            assert b"a secret" not in answer
        content = {"type": "file", "format": "text", "content": "overwritten"}
        assert raw(person, "PUT", f"api/contents/{path}", content)[0] == 403
        assert raw(person, "DELETE", f"api/contents/{path}")[0] == 403
        assert raw(person, "PATCH", f"api/contents/{path}", {"path": f"{own}/plain.txt"})[0] == 403
        assert raw(person, "POST", f"api/contents/{own}", {"copy_from": path})[0] == 403
        room = {"format": "text", "type": "file"}
        assert raw(person, "PUT", f"api/collaboration/session/{path}", room)[0] == 403
    assert raw(person, "POST", f"api/contents/{own}", {"copy_from": f"{own}/inner"})[0] == 403
    listing = json.loads(raw(person, "GET", f"api/contents/{own}")[1])
    assert {child["name"] for child in listing["content"]} == {"inner", "main.py"}
    assert (tmp_path / "secret.txt").read_text() == "a secret"
    assert (folder / "elsewhere").is_symlink()


def test_a_link_that_stays_inside_is_a_file_like_any_other(priya: Person, session: Session, folder: Path) -> None:
    (folder / "same.py").symlink_to(folder / "main.py")
    assert raw(priya, "GET", f"api/contents/{session['folder']}/same.py")[0] == 200


@pytest.mark.parametrize("who", ["candidate", "host", "owner"])
def test_the_folder_itself_cannot_be_deleted_or_renamed(
    maya: Person, priya: Person, session: Session, folder: Path, who: str
) -> None:
    person = {"candidate": priya, "host": maya, "owner": owner(maya.server)}[who]
    for path in (session["folder"], session["folder"] + "/", "interviews", "interviews/"):
        assert raw(person, "DELETE", f"api/contents/{path}")[0] in REFUSED
        assert raw(person, "PATCH", f"api/contents/{path}", {"path": "elsewhere"})[0] in REFUSED
    moved = raw(person, "PATCH", f"api/contents/{session['folder']}/main.py", {"path": session["folder"]})
    assert moved[0] in REFUSED
    assert (folder / "main.py").is_file()


def test_people_work_with_the_files_of_their_folder(priya: Person, session: Session, folder: Path) -> None:
    own = session["folder"]
    content = {"type": "file", "format": "text", "content": "print(1)\n"}
    assert raw(priya, "PUT", f"api/contents/{own}/a%20b.py", content)[0] == 201
    assert raw(priya, "PATCH", f"api/contents/{own}/a%20b.py", {"path": f"{own}/c.py"})[0] == 200
    assert raw(priya, "POST", f"api/contents/{own}", {"copy_from": f"{own}/c.py"})[0] == 201
    assert raw(priya, "POST", f"api/contents/{own}", {"type": "directory"})[0] == 201
    assert _shown(folder) == {"main.py", "c.py", "c-Copy1.py", "Untitled Folder"}
    for name in ("c.py", "c-Copy1.py", "Untitled%20Folder"):
        assert raw(priya, "DELETE", f"api/contents/{own}/{name}")[0] == 204
    assert _shown(folder) == {"main.py"}


def test_an_observer_reads_files_and_changes_none(maya: Person, session: Session) -> None:
    oscar = admit(maya, session, knock(maya, session, "Oscar Observer", role="observer"))
    main = f"api/contents/{session['folder']}/main.py"
    content = {"type": "file", "format": "text", "content": "changed"}
    assert raw(oscar, "GET", main)[0] == 200
    assert raw(oscar, "PUT", main, content)[0] == 403
    assert raw(oscar, "DELETE", main)[0] == 403
    assert raw(oscar, "PATCH", main, {"path": f"{session['folder']}/b.py"})[0] == 403
    assert raw(oscar, "POST", f"api/contents/{session['folder']}", {"type": "file"})[0] == 403
    assert raw(oscar, "POST", f"{main}/checkpoints")[0] == 403


def test_after_the_end_the_host_reads_and_the_candidate_does_not(maya: Person, priya: Person, session: Session) -> None:
    maya.call("POST", f"sessions/{session['id']}/end", {})
    main = f"api/contents/{session['folder']}/main.py"
    page = f"lab/workspaces/interview-{session['id']}"
    assert [raw(maya, "GET", main)[0], raw(priya, "GET", main)[0]] == [200, 403]
    assert [raw(maya, "GET", page)[0], raw(priya, "GET", page)[0]] == [200, 302]
    content = {"type": "file", "format": "text", "content": "changed"}
    assert raw(maya, "PUT", main, content)[0] == 403


def test_claim_25_a_removed_persons_token_reads_nothing(maya: Person, priya: Person, session: Session) -> None:
    main = f"api/contents/{session['folder']}/main.py"
    assert raw(priya, "GET", main)[0] == 200
    maya.call("POST", f"sessions/{session['id']}/participants/{priya.id}/remove", {})
    for path in (main, f"files/{session['folder']}/main.py", f"api/contents/{session['folder']}"):
        assert raw(priya, "GET", path)[0] == 403
    listing = json.loads(raw(priya, "GET", "api/contents/interviews")[1])
    assert listing["content"] == []


def test_the_way_to_the_folders_shows_ones_own_only(maya: Person, priya: Person, session: Session) -> None:
    create_session(maya)
    for person in (priya, admit(maya, session, knock(maya, session))):
        listing = json.loads(raw(person, "GET", "api/contents/interviews")[1])
        assert [child["path"] for child in listing["content"]] == [session["folder"]]
        root = json.loads(raw(person, "GET", "api/contents")[1])
        assert [child["path"] for child in root["content"]] == ["interviews"]
        assert json.loads(raw(person, "GET", "api/contents/interviews?content=0")[1])["content"] is None


def test_claim_38_a_file_of_the_session_is_no_page_of_ours(priya: Person, session: Session, folder: Path) -> None:
    (folder / "page.html").write_text("<script>alert(1)</script>")
    answer = priya.request("GET", f"files/{session['folder']}/page.html")
    assert answer.status_code == 200
    assert "sandbox allow-scripts" in answer.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("body", [[], "text", 5, {"copy_from": 5}, {"copy_from": ["a"]}, {"copy_from": {}}])
def test_a_body_of_another_shape_is_refused_not_a_fault(priya: Person, session: Session, body: Any) -> None:
    assert raw(priya, "POST", f"api/contents/{session['folder']}", body)[0] in REFUSED
    assert raw(priya, "PUT", f"api/collaboration/session/{session['folder']}/main.py", body)[0] in REFUSED
    assert raw(priya, "POST", "api/sessions", body)[0] in REFUSED


def test_what_the_page_says_of_the_server_and_of_people(maya: Person, priya: Person, session: Session) -> None:
    page = f"lab/workspaces/interview-{session['id']}"
    mine, hers = _page_config(maya, page), _page_config(priya, page)
    for config in (mine, hers, _page_config(owner(maya.server), "lab")):
        assert config["token"] == ""
        assert config["serverRoot"] == ""
        assert "@jupyter/collaboration-extension:rtcGlobalAwareness" in config["disabledExtensions"]
        assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    assert (mine["codewithmeRole"], hers["codewithmeRole"]) == ("host", "candidate")
    assert (mine["codewithmeUserRole"], hers["codewithmeUserRole"]) == ("user", "guest")
    assert hers["codewithmeSessionId"] == session["id"]
    assert hers["codewithmeFolder"] == session["folder"]
    assert (hers["codewithmeUserId"], hers["codewithmeUserName"]) == (priya.id, "Priya Nair")
    assert "@jupyterlab/settingeditor-extension:plugin" in hers["disabledExtensions"]


def test_one_persons_page_says_nothing_of_another(maya: Person, priya: Person, session: Session) -> None:
    _page_config(priya, f"lab/workspaces/interview-{session['id']}")
    dashboard = _page_config(maya, "lab")
    assert "codewithmeSessionId" not in dashboard
    assert dashboard["codewithmeUserId"] == maya.id
    assert str(maya.server.data_dir / "files") not in json.dumps(dashboard)


def test_layouts_are_everybodys_own(maya: Person, priya: Person, session: Session) -> None:
    address = f"lab/api/workspaces/interview-{session['id']}"
    layout = {"data": {"layout": "hers"}, "metadata": {"id": f"interview-{session['id']}"}}
    assert raw(priya, "PUT", address, layout)[0] == 204
    assert json.loads(raw(priya, "GET", address)[1]) == layout
    assert json.loads(raw(maya, "GET", address)[1])["data"] == {}
    assert json.loads(raw(owner(maya.server), "GET", address)[1])["data"] == {}
    assert raw(priya, "PUT", address, {"data": "x" * 300_000, "metadata": {}})[0] == 413


def test_the_owners_settings_are_nobody_elses(maya: Person) -> None:
    name = "@jupyterlab/apputils-extension:themes"
    admin = owner(maya.server)
    assert raw(admin, "PUT", f"lab/api/settings/{name}", {"raw": '{"theme": "JupyterLab Dark"}'})[0] == 204
    try:
        assert "Dark" in json.loads(raw(admin, "GET", f"lab/api/settings/{name}")[1])["raw"]
        assert json.loads(raw(maya, "GET", f"lab/api/settings/{name}")[1])["raw"] == "{}"
        assert raw(maya, "PUT", f"lab/api/settings/{name}", {"raw": "{}"})[0] == 403
    finally:
        raw(admin, "PUT", f"lab/api/settings/{name}", {"raw": "{}"})


@pytest.mark.parametrize("name", ["../../../etc:passwd", "..%2f..%2fetc:passwd", "@a/..:b", "@a/b"])
def test_a_settings_name_is_no_path(maya: Person, name: str) -> None:
    assert raw(maya, "GET", f"lab/api/settings/{name}")[0] in REFUSED


def test_a_page_that_is_not_theirs_sends_people_to_the_interviews_door_whether_it_exists_or_not(
    maya: Person, zoe: Person, session: Session
) -> None:
    waiting = knock(maya, session, "Will Waiting")
    missing = "00000000-0000-4000-8000-00000000dead"
    for person, session_id in ((waiting, session["id"]), (zoe, session["id"]), (zoe, missing)):
        answer = person.request("GET", f"lab/workspaces/interview-{session_id}")
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"{maya.server.base_url}codewithme/join/{session_id}"


def _page_config(person: Person, page: str) -> dict[str, Any]:
    text = person.request("GET", page).text
    _, _, rest = text.partition('<script id="jupyter-config-data" type="application/json">')
    config: dict[str, Any] = json.loads(rest.partition("</script>")[0])
    return config


def _all_files(person: Person) -> set[Path]:
    return set((person.server.data_dir / "files").rglob("*"))


def _shown(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}
