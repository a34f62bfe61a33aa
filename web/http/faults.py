"""What goes wrong outside the domain, in words: HTTP's own statuses, and a silent database."""

from collections.abc import Mapping

from web.http.problems import Problem

STATUSES: Mapping[int, Problem] = {
    400: Problem(400, "We could not read that request", "Go back, reload the page and try again."),
    403: Problem(
        403,
        "This form came from another website",
        "For your safety, we take forms only from our own pages. Open the page here and try again.",
    ),
    404: Problem(404, "Page not found", "The address may be mistyped or out of date."),
    405: Problem(405, "That can't be done here", "Go back and use the page's own buttons."),
    413: Problem(413, "Too much data", "The form is too large."),
    421: Problem(
        421,
        "That address isn't ours",
        "This server does not answer to that name. If you run it, add the name to ALLOWED_HOSTS.",
    ),
    429: Problem(429, "Too many requests", "Wait a moment, then try again."),
    500: Problem(
        500,
        "Something went wrong on our side",
        "Nothing was booked or changed. Try again in a moment.",
    ),
    503: Problem(503, "We'll be right back", "The database doesn't answer. Try again in a moment."),
}

UNCHANGED = Problem(
    503,
    "We'll be right back",
    "The database doesn't answer: nothing was changed. Try again in a moment.",
)
UNCONFIRMED = Problem(
    503,
    "We could not confirm that",
    "The database stopped answering, so your change may be saved or not. Reload the page to see, "
    "or send the form again: it counts once.",
)
UNCONFIRMED_FAULT = Problem(
    500,
    "Something went wrong on our side",
    "Your change may be saved or not. Reload the page to see, "
    "or send the form again: it counts once.",
)
