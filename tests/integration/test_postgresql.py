"""The same server on PostgreSQL."""

from pathlib import Path

from sockets import listening

from server import admit, create_session, interview_server, knock, register


async def test_an_interview_is_held_on_postgresql_and_outlives_a_crash(tmp_path: Path, postgres_url: str) -> None:
    with interview_server(tmp_path / "server", f"--database-url={postgres_url}") as server:
        maya = register(server)
        session = create_session(maya, title="Naïve \N{SNOWMAN} 'quoted' \"twice\"; DROP TABLE users")
        priya = admit(maya, session, knock(maya, session, "Priya <b>Nair</b>"))
        async with listening(maya, session["id"]) as host, listening(priya, session["id"]) as guest:
            await guest.send("chat-message", {"text": "hello"})
            await host.wait("chat-message")
            await guest.send("run-code", {"language": "python", "code": "print('on PostgreSQL')"})
            assert (await host.wait("run-code"))["stdout"] == "on PostgreSQL\n"
        server.kill()
        server.start()
        assert maya.call("GET", f"sessions/{session['id']}")["session"]["title"] == session["title"]
        assert [m["text"] for m in priya.call("GET", f"sessions/{session['id']}/chat")["messages"]] == ["hello"]
        assert priya.call("GET", f"sessions/{session['id']}/executions")["executions"][0]["stdout"] == "on PostgreSQL\n"
