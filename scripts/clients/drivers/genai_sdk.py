# google-genai for Python: the SDK calls the function by itself and asks on.
from google import genai
from google.genai import types
from tool import KEY, MODEL, ORIGIN, TASK, run

client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=ORIGIN))
answer = client.models.generate_content(model=MODEL, contents=TASK, config=types.GenerateContentConfig(tools=[run]))
print(answer.text)
