# DSPy: its agent that writes thoughts and calls into marked fields of the text, without tools of the protocol.
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches the prices of all models

import dspy
from tool import KEY, MODEL, ORIGIN, TASK, run

dspy.configure(lm=dspy.LM(f"openai/{MODEL}", api_base=f"{ORIGIN}/v1", api_key=KEY, cache=False))
print(dspy.ReAct("task -> report", tools=[run])(task=TASK).report)
