"""The notifications in the contract's documents: CloudEvents around each data type, signed as webhooks."""

from typing import Any

from app.link.notices import NOTICES
from app.report import contract_examples

Json = dict[str, Any]


def event_schema(kind: str, ref: str) -> Json:
    """The schema of a whole notification; ``ref`` is the template of references."""
    return {
        "type": "object",
        "description": f"The whole notification `{kind}`: CloudEvents 1.0, structured.",
        "required": ["specversion", "id", "source", "type", "time", "datacontenttype", "data"],
        "properties": {
            "specversion": {"description": "Of CloudEvents.", "const": "1.0"},
            "id": {"description": "The same at every attempt, and the `webhook-id`.", "type": "string"},
            "source": {"description": "`/sinqro-companion/` and the installation.", "type": "string"},
            "type": {"description": "What it is.", "const": kind},
            "subject": {"description": "The order's id, where it is about one.", "type": "string"},
            "time": {"description": "When it happened.", "type": "string", "format": "date-time"},
            "datacontenttype": {"description": "Of the data.", "const": "application/json"},
            "data": {"$ref": ref.format(name=NOTICES[kind].__name__)},
        },
    }


def event_example(kind: str) -> Json:
    """A whole notification."""
    data = contract_examples.NOTICES[kind]
    event: Json = {
        "specversion": "1.0",
        "id": "msg_3f2a9c",
        "source": f"/sinqro-companion/{data['installationId']}",
        "type": kind,
        "time": "2026-11-25T20:30:41+00:00",
        "datacontenttype": "application/json",
        "data": data,
    }
    return event | {"subject": str(data["orderId"])} if "orderId" in data else event


def webhook(kind: str, ref: str) -> Json:
    """A notification in an OpenAPI document."""
    names = {
        "webhook-id": "The notification's id: one that was taken already is answered 2xx again.",
        "webhook-timestamp": "Seconds since 1970 of this attempt; refuse it when it is over 5 minutes off.",
        "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (standardwebhooks.com).",
    }
    return {
        "operationId": kind,
        "summary": " ".join((NOTICES[kind].__doc__ or "").split()),
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string"}}
            for name, about in names.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {
                    "schema": {"$ref": ref.format(name=f"event.{kind}")},
                    "example": event_example(kind),
                }
            },
        },
        "responses": {
            "2XX": {"description": "Taken; within 10 s. Anything else is tried again for 72 hours, but for these:"},
            "400": {"description": "Never to be sent again; so are 404, 409, 410 and 422."},
            "401": {"description": "The secret is not good: the restaurant is asked to pair again. So is 403."},
            "409": {"description": "With code `SUPERSEDED`: another installation is in charge, this one stops."},
            "410": {
                "description": "Three times in a row: the endpoint is gone, the restaurant is asked to pair again."
            },
            "429": {"description": "Later; `Retry-After` is honoured."},
        },
    }
