// genai for Go: a hand-made loop over streamed contents, which go back as they came.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"google.golang.org/genai"
)

func run(input map[string]any) string {
	command, _ := input["command"].(string)
	printed, err := exec.Command("bash", "-c", command).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, printed)
	}
	return string(printed)
}

func main() {
	ctx := context.Background()
	client, err := genai.NewClient(ctx, &genai.ClientConfig{
		APIKey:      "key-of-nobody",
		Backend:     genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{BaseURL: os.Getenv("ORIGIN")},
	})
	if err != nil {
		panic(err)
	}
	contents := []*genai.Content{genai.NewContentFromText(os.Getenv("TASK"), genai.RoleUser)}
	for {
		parts, err := ask(ctx, client, contents)
		for tries := 0; err != nil && tries < 3; tries++ {
			parts, err = ask(ctx, client, contents)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		results := []*genai.Part{}
		words := ""
		for _, part := range parts {
			if !part.Thought {
				words += part.Text
			}
			if call := part.FunctionCall; call != nil {
				result := genai.NewPartFromFunctionResponse(call.Name, map[string]any{"output": run(call.Args)})
				result.FunctionResponse.ID = call.ID
				results = append(results, result)
			}
		}
		fmt.Println(words)
		if len(results) == 0 {
			return
		}
		contents = append(contents, &genai.Content{Role: genai.RoleModel, Parts: parts}, &genai.Content{Role: genai.RoleUser, Parts: results})
	}
}

func ask(ctx context.Context, client *genai.Client, contents []*genai.Content) ([]*genai.Part, error) {
	config := &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{
		Name:        "run",
		Description: "Runs a command.",
		Parameters: &genai.Schema{
			Type:       genai.TypeObject,
			Properties: map[string]*genai.Schema{"command": {Type: genai.TypeString}},
			Required:   []string{"command"},
		},
	}}}}}
	parts := []*genai.Part{}
	ended := false
	for chunk, err := range client.Models.GenerateContentStream(ctx, os.Getenv("MODEL"), contents, config) {
		if err != nil {
			return nil, err
		}
		for _, candidate := range chunk.Candidates {
			if candidate.Content != nil {
				parts = append(parts, candidate.Content.Parts...)
			}
			ended = ended || candidate.FinishReason != ""
		}
	}
	if !ended {
		return nil, errors.New("an answer without an ending, and nothing was returned as an error")
	}
	return parts, nil
}
