// anthropic-sdk-go: a hand-made loop over streamed messages, with the SDK's own accumulator.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

func run(arguments []byte) string {
	var input struct{ Command string }
	_ = json.Unmarshal(arguments, &input)
	printed, err := exec.Command("bash", "-c", input.Command).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, printed)
	}
	return string(printed)
}

func main() {
	client := anthropic.NewClient(option.WithBaseURL(os.Getenv("ORIGIN")), option.WithAPIKey("sk-of-nobody"))
	params := anthropic.MessageNewParams{
		Model:     anthropic.Model(os.Getenv("MODEL")),
		MaxTokens: 2000,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(os.Getenv("TASK")))},
		Tools: []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name:        "run",
			Description: anthropic.String("Runs a command."),
			InputSchema: anthropic.ToolInputSchemaParam{
				Properties: map[string]any{"command": map[string]any{"type": "string"}},
				Required:   []string{"command"},
			},
		}}},
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
		results := []anthropic.ContentBlockParamUnion{}
		for _, block := range message.Content {
			switch one := block.AsAny().(type) {
			case anthropic.TextBlock:
				fmt.Println(one.Text)
			case anthropic.ToolUseBlock:
				results = append(results, anthropic.NewToolResultBlock(one.ID, run([]byte(one.JSON.Input.Raw())), false))
			}
		}
		if len(results) == 0 {
			return
		}
		params.Messages = append(params.Messages, message.ToParam(), anthropic.NewUserMessage(results...))
	}
}

func ask(client anthropic.Client, params anthropic.MessageNewParams) (anthropic.Message, error) {
	stream := client.Messages.NewStreaming(context.Background(), params)
	heard := anthropic.Message{}
	for stream.Next() {
		if err := heard.Accumulate(stream.Current()); err != nil {
			return heard, err
		}
	}
	if err := stream.Err(); err != nil {
		return heard, err
	}
	if heard.StopReason == "" {
		return heard, errors.New("an answer without an ending")
	}
	return heard, nil
}
