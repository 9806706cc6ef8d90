# anthropic for Python: a hand-made loop over streams, and the SDK's own tool runner with what it sends by default.
from anthropic import Anthropic, beta_tool
from tool import KEY, MODEL, ORIGIN, SCHEMA, TASK, WAY, insist, run

client = Anthropic(base_url=ORIGIN, api_key=KEY)


def stream() -> None:
    tools = [{"name": "run", "description": "Runs a command.", "input_schema": SCHEMA}]
    messages = [{"role": "user", "content": TASK}]

    def ask():
        with client.messages.stream(model=MODEL, max_tokens=2000, messages=messages, tools=tools) as answer:
            for _event in answer:
                pass
            return answer.get_final_message()

    while True:
        answer = insist(ask)
        print("".join(block.text for block in answer.content if block.type == "text"))
        calls = [block for block in answer.content if block.type == "tool_use"]
        if not calls:
            return
        messages.append({"role": "assistant", "content": answer.content})
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": run(**call.input)} for call in calls]
        messages.append({"role": "user", "content": results})


def runner() -> None:
    messages = [{"role": "user", "content": TASK}]
    for answer in client.beta.messages.tool_runner(
        model=MODEL, max_tokens=2000, tools=[beta_tool(run)], messages=messages
    ):
        print("".join(block.text for block in answer.content if block.type == "text"))


stream() if WAY == "stream" else runner()
