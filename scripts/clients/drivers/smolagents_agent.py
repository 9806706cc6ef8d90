# smolagents: its agent that calls tools, and ends with one.
from smolagents import OpenAIServerModel, ToolCallingAgent, tool
from tool import KEY, MODEL, ORIGIN, TASK, run

model = OpenAIServerModel(model_id=MODEL, api_base=f"{ORIGIN}/v1", api_key=KEY)
print(ToolCallingAgent(tools=[tool(run)], model=model, verbosity_level=0).run(TASK))
