# CrewAI: a crew of one agent with one task and a tool.
import os

os.environ.update(CREWAI_DISABLE_TELEMETRY="true", OTEL_SDK_DISABLED="true", CREWAI_TRACING_ENABLED="false")

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool as as_tool
from tool import KEY, MODEL, ORIGIN, TASK, run

llm = LLM(model=f"openai/{MODEL}", base_url=f"{ORIGIN}/v1", api_key=KEY)
agent = Agent(role="helper", goal="Do small jobs.", backstory="You help.", llm=llm, tools=[as_tool("run")(run)])
task = Task(description=TASK, expected_output="A short report.", agent=agent)
print(Crew(agents=[agent], tasks=[task], verbose=False).kickoff().raw)
