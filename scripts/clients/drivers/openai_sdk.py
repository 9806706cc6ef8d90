# openai for Python: Chat Completions and Responses, streamed, with the SDK's own accumulators.
import json

from openai import OpenAI
from tool import KEY, MODEL, ORIGIN, SCHEMA, TASK, WAY, insist, run

client = OpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY)


def chat() -> None:
    tools = [{"type": "function", "function": {"name": "run", "description": "Runs a command.", "parameters": SCHEMA}}]
    messages = [{"role": "user", "content": TASK}]

    def ask():
        with client.chat.completions.stream(model=MODEL, messages=messages, tools=tools) as stream:
            for _event in stream:
                pass
            return stream.get_final_completion().choices[0].message

    while True:
        answer = insist(ask)
        print(answer.content)
        if not answer.tool_calls:
            return
        messages.append(answer.to_dict())
        for call in answer.tool_calls:
            output = run(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": output})


def responses() -> None:
    tools = [{"type": "function", "name": "run", "description": "Runs a command.", "parameters": SCHEMA, "strict": False}]
    items = [{"role": "user", "content": TASK}]
    include = ["reasoning.encrypted_content"]

    def ask():
        with client.responses.stream(model=MODEL, input=items, tools=tools, store=False, include=include) as stream:
            for _event in stream:
                pass
            return stream.get_final_response()

    while True:
        answer = insist(ask)
        print(answer.output_text)
        calls = [item for item in answer.output if item.type == "function_call"]
        if not calls:
            return
        # the accumulator adds what it has parsed, which no service takes back
        items += [item.to_dict(exclude_none=True) for item in answer.output]
        for item in items:
            item.pop("parsed_arguments", None)
            for part in item.get("content") or [] if item.get("type") == "message" else []:
                part.pop("parsed", None)
        for call in calls:
            items.append({"type": "function_call_output", "call_id": call.call_id, "output": run(**json.loads(call.arguments))})


chat() if WAY == "chat" else responses()
