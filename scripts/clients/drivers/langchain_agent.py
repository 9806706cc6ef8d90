# LangChain for Python: its agent, on each of its providers.
from langchain.agents import create_agent
from tool import KEY, MODEL, ORIGIN, TASK, WAY, run


def model():
    if WAY in ("chat", "responses"):
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(model=MODEL, base_url=f"{ORIGIN}/v1", api_key=KEY, use_responses_api=WAY == "responses")
    if WAY == "messages":
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model=MODEL, base_url=ORIGIN, api_key=KEY, max_tokens=2000)
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(model=MODEL, base_url=ORIGIN, api_key=KEY)


told = create_agent(model(), tools=[run]).invoke({"messages": [{"role": "user", "content": TASK}]})
for message in told["messages"]:
    if message.type == "ai":
        print(message.text)
