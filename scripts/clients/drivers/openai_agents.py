# OpenAI Agents for Python: its runner, on Chat Completions or Responses.
from agents import Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool, set_tracing_disabled
from openai import AsyncOpenAI
from tool import KEY, MODEL, ORIGIN, TASK, WAY, run

set_tracing_disabled(True)
client = AsyncOpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY)
model = (OpenAIChatCompletionsModel if WAY == "chat" else OpenAIResponsesModel)(model=MODEL, openai_client=client)
print(Runner.run_sync(Agent(name="helper", model=model, tools=[function_tool(run)]), TASK).final_output)
