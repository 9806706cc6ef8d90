# LlamaIndex: its agent of functions, on a model that is like OpenAI's.
import asyncio

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai_like import OpenAILike
from tool import KEY, MODEL, ORIGIN, TASK, WAY, run

model = OpenAILike(
    model=MODEL, api_base=f"{ORIGIN}/v1", api_key=KEY, is_chat_model=True, is_function_calling_model=True, context_window=100000
)


async def main() -> None:
    print(await FunctionAgent(tools=[run], llm=model, streaming=WAY != "whole").run(user_msg=TASK))


asyncio.run(main())
