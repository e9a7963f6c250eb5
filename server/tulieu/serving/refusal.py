"""What the front says when it answers no: https://www.rfc-editor.org/rfc/rfc9457

Comes in: a status, the reason, what the client asks for. Goes out: a problem document, or for a browser a page of a few
lines in both languages. It is written without the application, which may be what does not answer.
"""

import html
import json
from http.client import responses

from tulieu.errors import NegotiationError
from tulieu.formats import HTML, PROBLEM, Format, negotiate

# For who reads Vietnamese; the exact reason follows in English.
_IN_VIETNAMESE = {
    406: "Máy chủ không có dạng nào mà trình duyệt chấp nhận.",
    408: "Yêu cầu đến quá chậm. Xin gửi lại.",
    413: "Yêu cầu dài hơn mức cho phép. Xin viết ngắn lại.",
    500: "Máy chủ gặp lỗi. Lỗi đã được ghi lại.",
    503: "Đang có quá nhiều truy vấn. Xin gửi lại sau.",
}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main>
<h1>{title}</h1>
{vietnamese}<p>{reason}</p>
</main></body>
</html>
"""


def write_refusal(status: int, reason: str, accept: str) -> tuple[Format, str]:
    """Write a refusal in the form that the client likes best, and say which that is."""
    try:
        chosen = negotiate(accept, (PROBLEM, HTML))
    except NegotiationError:
        chosen = PROBLEM
    title = responses.get(status, "Refused")
    if chosen is PROBLEM:
        document = {"type": "about:blank", "title": title, "status": status, "detail": reason}
        return PROBLEM, json.dumps(document, ensure_ascii=False)
    vietnamese = _IN_VIETNAMESE.get(status, "")
    paragraph = f'<p lang="vi">{vietnamese}</p>\n' if vietnamese else ""
    return HTML, _PAGE.format(title=f"{status} {title}", vietnamese=paragraph, reason=html.escape(reason))
