# LiteLLM's library: a hand-made loop over whole answers, in Chat Completions and in Messages.
import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches the prices of all models

import litellm
from tool import KEY, MODEL, ORIGIN, SCHEMA, TASK, WAY, run

litellm.suppress_debug_info = True
tools = [{"type": "function", "function": {"name": "run", "description": "Runs a command.", "parameters": SCHEMA}}]
messages = [{"role": "user", "content": TASK}]
name, base = (f"openai/{MODEL}", f"{ORIGIN}/v1") if WAY == "chat" else (f"anthropic/{MODEL}", ORIGIN)
while True:
    answer = litellm.completion(model=name, api_base=base, api_key=KEY, messages=messages, tools=tools, num_retries=2)
    message = answer.choices[0].message
    print(message.content)
    if not message.tool_calls:
        break
    messages.append(message.model_dump(exclude_none=True))
    for call in message.tool_calls:
        output = run(**json.loads(call.function.arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": output})
