# Pydantic AI: its agent, on each of its models. It streams Anthropic's answers even where a whole one is asked for, and leaves it to
# the application to go on from where one broke off.
from pydantic_ai import Agent, capture_run_messages
from tool import KEY, MODEL, ORIGIN, TASK, WAY, insist, run


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


agent = Agent(model(), tools=[run])
history = []


def ask():
    with capture_run_messages() as told:
        try:
            return agent.run_sync(None if history else TASK, message_history=history or None)
        except Exception:
            history[:] = told
            raise


print(insist(ask).output)
