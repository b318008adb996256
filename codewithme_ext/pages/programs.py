"""What to call a browser or program, from what it says of itself."""

# In order: those further down are also in the words of those further up.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def program_name(user_agent: str) -> str:
    """Such as "Firefox on Linux"; a program's own first word where it is no browser."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and user_agent.startswith("Mozilla/"):
        return f"{browser} on {system}" if system else browser
    words = user_agent.split()
    return words[0][:40] if words else "An unknown program"
