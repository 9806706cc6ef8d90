// The SDKs and frameworks: their packages, and the driver of each (drivers/). A driver is the program that a user would
// write after the SDK's first page: a model, a tool that runs a command, and its loop; nothing special for Understudy.
import { finalWords, secondResult, usualScript } from "../../test/support/story.ts";
import { frameworks } from "./frameworks.ts";
import { sdk } from "./sdk.ts";
import type { Client, Packages } from "./vocabulary.ts";

const pypi = (folder: string, wanted: Packages["wanted"]): Packages => ({ folder, from: "pypi", wanted });
const npm = (folder: string, wanted: Packages["wanted"]): Packages => ({ folder, from: "npm", wanted });

const python: Packages = pypi("python-sdks", { openai: "3.57.0", anthropic: "2.14.0", "google-genai": "3.6.1" });
const pythonLangchain: Packages = pypi("python-langchain", {
  langchain: "1.5.2",
  "langchain-openai": "1.7.4",
  "langchain-anthropic": "1.7.10",
  "langchain-google-genai": "4.4.3",
});
const pydanticAi: Packages = pypi("python-pydantic-ai", { "pydantic-ai-slim[openai,anthropic,google]": "2.68.0" });
const litellm: Packages = pypi("python-litellm", { litellm: "1.110.2", instructor: "1.17.0" });
const llamaIndex: Packages = pypi("python-llama-index", {
  "llama-index-core": "0.14.25",
  "llama-index-llms-openai-like": "0.8.1",
});
const smolagents: Packages = pypi("python-smolagents", { "smolagents[openai]": "1.26.0" });
const pythonAgents: Packages = pypi("python-openai-agents", { "openai-agents": "0.24.0" });

const node: Packages = npm("js-sdks", { openai: "7.59.0", "@anthropic-ai/sdk": "1.14.0", "@google/genai": "3.3.0" });
const vercel: Packages = npm("js-ai", {
  ai: "7.0.173",
  "@ai-sdk/openai": "4.0.118",
  "@ai-sdk/anthropic": "4.0.105",
  "@ai-sdk/google": "4.0.121",
  "@ai-sdk/openai-compatible": "3.0.92",
  zod: "4.6.7",
});
const nodeAgents: Packages = npm("js-openai-agents", { "@openai/agents": "0.20.0", zod: "4.6.7" });
const nodeLangchain: Packages = npm("js-langchain", {
  langchain: "1.5.14",
  "@langchain/openai": "1.6.0",
  "@langchain/anthropic": "1.5.11",
  "@langchain/google-genai": "2.3.2",
  zod: "4.6.7",
});
const mastra: Packages = npm("js-mastra", {
  "@mastra/core": "1.71.0",
  "@ai-sdk/openai-compatible": "3.0.92",
  zod: "4.6.7",
});

const go: Packages = {
  folder: "go-sdks",
  from: "go",
  wanted: {
    "github.com/openai/openai-go/v3": "v3.99.0",
    "github.com/anthropics/anthropic-sdk-go": "v1.84.0",
    "google.golang.org/genai": "v1.77.0",
  },
};

/** An agent that ends with a tool call instead of text. */
const endsWithCall: Partial<Client> = {
  script: [...usualScript, { when: secondResult, call: { final_answer: { answer: finalWords } } }],
};

/** It creates an object by a schema and calls nothing: one request. */
const makesObject: Partial<Client> = { steps: 1, script: [], callsNothing: true };

export const sdks: readonly Client[] = [
  sdk({
    name: "py-openai-chat",
    title: "openai for Python, streamed",
    packages: python,
    speaks: "chat",
    driver: "openai_sdk.py",
  }),
  sdk({
    name: "py-openai-responses",
    title: "openai for Python, streamed",
    packages: python,
    speaks: "responses",
    driver: "openai_sdk.py",
  }),
  sdk({
    name: "py-anthropic",
    title: "anthropic for Python, streamed",
    packages: python,
    shows: "anthropic",
    speaks: "messages",
    driver: "anthropic_sdk.py",
    way: "stream",
  }),
  sdk({
    name: "py-anthropic-runner",
    title: "anthropic for Python, `tool_runner`",
    packages: python,
    shows: "anthropic",
    speaks: "messages",
    driver: "anthropic_sdk.py",
    way: "runner",
  }),
  sdk({
    name: "py-genai",
    title: "google-genai for Python, its own calling of functions",
    packages: python,
    shows: "google-genai",
    speaks: "gemini",
    driver: "genai_sdk.py",
  }),
  ...(["chat", "responses", "messages", "gemini"] as const).map((speaks) =>
    sdk({
      name: `py-langchain-${speaks}`,
      title: "LangChain for Python, `create_agent`",
      packages: pythonLangchain,
      speaks,
      driver: "langchain_agent.py",
    }),
  ),
  ...(["chat", "responses", "messages", "gemini"] as const).map((speaks) =>
    sdk({
      name: `py-pydantic-ai-${speaks}`,
      title: "Pydantic AI",
      packages: pydanticAi,
      speaks,
      driver: "pydantic_agent.py",
    }),
  ),
  ...(["chat", "messages"] as const).map((speaks) =>
    sdk({ name: `py-litellm-${speaks}`, title: "LiteLLM", packages: litellm, speaks, driver: "litellm_loop.py" }),
  ),
  sdk({
    name: "py-instructor",
    title: "Instructor",
    packages: litellm,
    shows: "instructor",
    speaks: "chat",
    driver: "instructor_object.py",
    more: makesObject,
  }),
  sdk({
    name: "py-llama-index",
    title: "LlamaIndex, `FunctionAgent`",
    packages: llamaIndex,
    speaks: "chat",
    driver: "llama_index_agent.py",
    more: {
      limits: {
        dying: "its agent streams and aborts at the first error. With `streaming=False` the next target is asked.",
      },
    },
  }),
  sdk({
    name: "py-llama-index-whole",
    title: "LlamaIndex, `FunctionAgent(streaming=False)`",
    packages: llamaIndex,
    speaks: "chat",
    driver: "llama_index_agent.py",
    way: "whole",
  }),
  sdk({
    name: "py-smolagents",
    title: "smolagents",
    packages: smolagents,
    speaks: "chat",
    driver: "smolagents_agent.py",
    more: endsWithCall,
  }),
  ...(["chat", "responses"] as const).map((speaks) =>
    sdk({
      name: `py-openai-agents-${speaks}`,
      title: "OpenAI Agents for Python",
      packages: pythonAgents,
      speaks,
      driver: "openai_agents.py",
    }),
  ),
  ...frameworks,
  ...(["chat", "responses"] as const).map((speaks) =>
    sdk({
      name: `js-openai-${speaks}`,
      title: "openai for JavaScript, streamed",
      packages: node,
      speaks,
      driver: "openai-sdk.mjs",
    }),
  ),
  sdk({
    name: "js-anthropic",
    title: "@anthropic-ai/sdk, streamed",
    packages: node,
    shows: "@anthropic-ai/sdk",
    speaks: "messages",
    driver: "anthropic-sdk.mjs",
  }),
  sdk({
    name: "js-genai",
    title: "@google/genai, streamed",
    packages: node,
    shows: "@google/genai",
    speaks: "gemini",
    driver: "genai-sdk.mjs",
  }),
  ...(["chat", "responses", "messages", "gemini"] as const).map((speaks) =>
    sdk({
      name: `js-ai-${speaks}`,
      title: "Vercel's `ai`, streamed",
      packages: vercel,
      speaks,
      driver: "vercel-ai.mjs",
    }),
  ),
  ...(["chat", "responses"] as const).map((speaks) =>
    sdk({
      name: `js-openai-agents-${speaks}`,
      title: "OpenAI Agents for JavaScript",
      packages: nodeAgents,
      speaks,
      driver: "openai-agents.mjs",
    }),
  ),
  ...(["chat", "messages", "gemini"] as const).map((speaks) =>
    sdk({
      name: `js-langchain-${speaks}`,
      title: "LangChain for JavaScript, `createAgent`",
      packages: nodeLangchain,
      speaks,
      driver: "langchain-agent.mjs",
    }),
  ),
  sdk({ name: "js-mastra", title: "Mastra", packages: mastra, speaks: "chat", driver: "mastra-agent.mjs" }),
  sdk({ name: "go-openai", title: "openai-go, streamed", packages: go, speaks: "chat", driver: "openai_go.go" }),
  sdk({
    name: "go-anthropic",
    title: "anthropic-sdk-go, streamed",
    packages: go,
    shows: "github.com/anthropics/anthropic-sdk-go",
    speaks: "messages",
    driver: "anthropic_go.go",
  }),
  sdk({
    name: "go-genai",
    title: "genai for Go, streamed",
    packages: go,
    shows: "google.golang.org/genai",
    speaks: "gemini",
    driver: "genai_go.go",
  }),
];
