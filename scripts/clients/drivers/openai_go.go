// openai-go: a hand-made loop over streamed chat completions, with the SDK's own accumulator.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func run(arguments string) string {
	var input struct{ Command string }
	_ = json.Unmarshal([]byte(arguments), &input)
	printed, err := exec.Command("bash", "-c", input.Command).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, printed)
	}
	return string(printed)
}

func main() {
	client := openai.NewClient(option.WithBaseURL(os.Getenv("ORIGIN")+"/v1"), option.WithAPIKey("sk-of-nobody"))
	params := openai.ChatCompletionNewParams{
		Model:    os.Getenv("MODEL"),
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(os.Getenv("TASK"))},
		Tools: []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
			Name:        "run",
			Description: openai.String("Runs a command."),
			Parameters: openai.FunctionParameters{
				"type":       "object",
				"properties": map[string]any{"command": map[string]any{"type": "string"}},
				"required":   []string{"command"},
			},
		})},
	}
	for {
		message, err := ask(client, params)
		for tries := 0; err != nil && tries < 3; tries++ {
			message, err = ask(client, params)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		fmt.Println(message.Content)
		if len(message.ToolCalls) == 0 {
			return
		}
		params.Messages = append(params.Messages, message.ToParam())
		for _, call := range message.ToolCalls {
			params.Messages = append(params.Messages, openai.ToolMessage(run(call.Function.Arguments), call.ID))
		}
	}
}

func ask(client openai.Client, params openai.ChatCompletionNewParams) (openai.ChatCompletionMessage, error) {
	stream := client.Chat.Completions.NewStreaming(context.Background(), params)
	heard := openai.ChatCompletionAccumulator{}
	for stream.Next() {
		heard.AddChunk(stream.Current())
	}
	if err := stream.Err(); err != nil {
		return openai.ChatCompletionMessage{}, err
	}
	if len(heard.Choices) == 0 || heard.Choices[0].FinishReason == "" {
		return openai.ChatCompletionMessage{}, errors.New("an answer without an ending")
	}
	return heard.Choices[0].Message, nil
}
