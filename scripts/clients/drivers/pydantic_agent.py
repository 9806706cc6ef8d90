# Pydantic AI: its agent, on each of its models.
from pydantic_ai import Agent
from tool import KEY, MODEL, ORIGIN, TASK, WAY, run


def model():
    if WAY in ("chat", "responses"):
        from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider

        provider = OpenAIProvider(base_url=f"{ORIGIN}/v1", api_key=KEY)
        return (OpenAIChatModel if WAY == "chat" else OpenAIResponsesModel)(MODEL, provider=provider)
    if WAY == "messages":
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        return AnthropicModel(MODEL, provider=AnthropicProvider(base_url=ORIGIN, api_key=KEY))
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    return GoogleModel(MODEL, provider=GoogleProvider(base_url=ORIGIN, api_key=KEY))


print(Agent(model(), tools=[run]).run_sync(TASK).output)
