"""Addresses of databases, whatever options a server's own address ends in."""

from urllib.parse import urlsplit, urlunsplit

from pymongo.uri_parser import parse_uri


def database_at(server_uri: str, name: str) -> str:
    """Return the address of a database of this name on a server."""
    parts = urlsplit(server_uri)
    options = [parts.query] if parts.query else []
    if parts.username and "authsource=" not in parts.query.lower():
        options.append("authSource=admin")  # else the name is where the login is looked for
    return urlunsplit(parts._replace(path=f"/{name}", query="&".join(options)))


def port_of(uri: str) -> int:
    """Return the port that the server of this address listens on."""
    port: int = parse_uri(uri)["nodelist"][0][1]
    return port


def through(uri: str, port: int) -> str:
    """Return the same address by way of another port, where something passes on what comes."""
    parts = urlsplit(uri)
    login = [parts.netloc.rpartition("@")[0]] if "@" in parts.netloc else []
    options = [option for option in parts.query.split("&") if option]
    if not any(option.lower().startswith("directconnection=") for option in options):
        options.append("directConnection=true")  # else the driver looks for the server itself
    return urlunsplit(
        parts._replace(
            netloc="@".join([*login, f"127.0.0.1:{port}"]),
            path=parts.path or "/",
            query="&".join(options),
        )
    )
