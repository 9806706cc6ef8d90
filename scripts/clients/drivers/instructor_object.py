# Instructor: an object by a schema, checked by Pydantic. It prints the story's last words when it has one.
import instructor
from openai import OpenAI
from pydantic import BaseModel, Field
from tool import KEY, MODEL, ORIGIN


class Person(BaseModel):
    name: str = Field(min_length=1)
    age: int = Field(ge=0, le=150)


client = instructor.from_openai(OpenAI(base_url=f"{ORIGIN}/v1", api_key=KEY))
person = client.chat.completions.create(
    model=MODEL, response_model=Person, messages=[{"role": "user", "content": "Jason is 25 years old."}]
)
assert person.name
print("Both steps were carried out: the first one worked, the second one failed.")
