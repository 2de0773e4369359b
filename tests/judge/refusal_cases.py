"""What servers say instead of a reply, in their own words, and whom it concerns: written down before the rules were."""

from __future__ import annotations

import json

ALL, PROMPT, PASSING, UNCLEAR = "all prompts", "this prompt", "passing", "unclear"


def openai(message: str, kind: str = "invalid_request_error", code: object = None, **more: object) -> str:
    """The body of OpenAI, and of most that are like it."""
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code, **more}})


LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9011 tokens. Please reduce"
QUOTA = "You exceeded your current quota, please check your plan and billing details."
TPM = "on tokens per min (TPM): Limit 30000"
PAY = "You can increase your rate limit by adding a payment method to your account at https://x/account/billing."

# (server, status, body, whom it concerns)
CASES: tuple[tuple[str, int, str, str], ...] = (
    ("OpenAI", 401, openai("Incorrect API key provided: sk-x", code="invalid_api_key"), ALL),
    ("OpenAI", 401, openai("You must be a member of an organization to use the API"), ALL),
    ("OpenAI", 403, openai("Country, region, or territory not supported", code="unsupported_country_region_territory"), ALL),
    ("OpenAI", 403, openai("Project `p` does not have access to model `gpt-4o`", code="model_not_found"), ALL),
    ("OpenAI", 404, openai("The model `gpt-9` does not exist or you do not have access to it.", code="model_not_found"), ALL),
    ("OpenAI", 429, openai(QUOTA, "insufficient_quota", "insufficient_quota"), ALL),
    ("OpenAI", 429, openai("Billing hard limit has been reached", "billing", "billing_hard_limit_reached"), ALL),
    ("OpenAI", 429, openai(f"Rate limit reached for gpt-4o in organization org-1 {TPM}. {PAY}", "tokens", "rate_limit_exceeded"), PASSING),
    ("OpenAI", 429, openai(f"Request too large for gpt-4o in organization org-1 {TPM}, Requested 40000.", "tokens", "rate_limit_exceeded"), PROMPT),
    ("OpenAI", 400, openai(LONG, code="context_length_exceeded"), PROMPT),
    ("OpenAI", 400, openai("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", code="invalid_prompt"), PROMPT),
    ("OpenAI", 400, openai("Your request was rejected as a result of our safety system.", code="content_policy_violation"), PROMPT),
    ("OpenAI", 400, openai("Invalid 'messages[0].content': string too long.", code="string_above_max_length"), PROMPT),
    ("OpenAI", 400, openai("Unrecognized request argument supplied: foo"), UNCLEAR),
    ("OpenAI", 500, openai("The server had an error while processing your request", "server_error"), PASSING),
    ("OpenAI", 503, openai("The engine is currently overloaded, please try again later"), PASSING),
    ("Azure", 401, '{"statusCode": 401, "message": "Access denied due to invalid subscription key or wrong API endpoint."}', ALL),
    ("Azure", 404, openai("The API deployment for this resource does not exist.", code="DeploymentNotFound"), ALL),
    ("Azure", 404, '{"error": {"code": "404", "message": "Resource not found"}}', ALL),
    ("Azure", 400, openai("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", code="content_filter", innererror={"code": "ResponsibleAIPolicyViolation"}), PROMPT),
    ("Azure", 429, openai("Requests have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds. To request an increase of quota go to https://x", code="429"), PASSING),
    ("vLLM", 400, json.dumps({"object": "error", "message": LONG, "type": "BadRequestError", "param": None, "code": 400}), PROMPT),
    ("vLLM", 404, json.dumps({"object": "error", "message": "The model `a` does not exist.", "type": "NotFoundError", "code": 404}), ALL),
    ("vLLM", 401, '{"error": "Unauthorized"}', ALL),
    ("vLLM", 404, '{"detail": "Not Found"}', ALL),
    ("vLLM", 500, json.dumps({"object": "error", "message": "EngineDeadError", "code": 500}), PASSING),
    ("vLLM", 400, json.dumps({"error": {"message": "The decoder prompt (length 9000) is longer than the maximum model length of 8192.", "code": 400}}), PROMPT),
    ("llama.cpp", 400, json.dumps({"error": {"code": 400, "message": "the request exceeds the available context size, try increasing it", "type": "exceed_context_size_error", "n_ctx": 512}}), PROMPT),
    ("llama.cpp", 503, json.dumps({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}), PASSING),
    ("llama.cpp", 401, json.dumps({"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}), ALL),
    ("llama.cpp", 404, json.dumps({"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}), ALL),
    ("Ollama", 404, json.dumps({"error": {"message": 'model "x" not found, try pulling it first', "type": "api_error"}}), ALL),
    ("Ollama", 404, "404 page not found", ALL),
    ("Ollama", 400, json.dumps({"error": {"message": "prompt too long; exceeded max context length by 12 tokens"}}), PROMPT),
    ("Ollama", 500, json.dumps({"error": {"message": "llama runner process has terminated"}}), PASSING),
    ("OpenRouter", 402, json.dumps({"error": {"message": "Insufficient credits", "code": 402}}), ALL),
    ("OpenRouter", 401, json.dumps({"error": {"message": "No auth credentials found", "code": 401}}), ALL),
    ("OpenRouter", 400, json.dumps({"error": {"message": "x/y is not a valid model ID", "code": 400}}), ALL),
    ("OpenRouter", 404, json.dumps({"error": {"message": "No endpoints found for x/y.", "code": 404}}), ALL),
    ("OpenRouter", 403, json.dumps({"error": {"code": 403, "message": "x/y requires moderation on Z. Your input was flagged for \"violence\"", "metadata": {"reasons": ["violence"]}}}), PROMPT),
    ("OpenRouter", 400, json.dumps({"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"message": "prompt is too long: 210000 tokens > 200000 maximum"}'}}}), PROMPT),
    ("OpenRouter", 502, json.dumps({"error": {"message": "Provider returned error", "code": 502}}), PASSING),
    ("OpenRouter", 200, json.dumps({"error": {"message": "Rate limit exceeded: free-models-per-min.", "code": 429}}), PASSING),
    ("OpenRouter", 200, json.dumps({"error": {"message": "User not found.", "code": 401}}), ALL),
    ("LiteLLM", 401, openai("Authentication Error, Invalid proxy server token passed", "auth_error", "401"), ALL),
    ("LiteLLM", 400, openai("Budget has been exceeded! Current cost: 10.1, Max budget: 10.0", "budget_exceeded", "400"), ALL),
    ("LiteLLM", 400, openai("litellm.ContextWindowExceededError: litellm.BadRequestError: prompt", code="400"), PROMPT),
    ("LiteLLM", 400, openai("litellm.BadRequestError: LLM Provider NOT provided.", code="400"), UNCLEAR),
    ("LiteLLM", 400, openai("litellm.ContentPolicyViolationError: AzureException", code="400"), PROMPT),
    ("LiteLLM", 400, openai("/chat/completions: Invalid model name passed in model=gpt-9", code="400"), ALL),
    ("LiteLLM", 429, openai("litellm.RateLimitError: RateLimitError: OpenAIException", "throttling_error", "429"), PASSING),
    ("TGI", 422, '{"error": "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000", "error_type": "validation"}', PROMPT),
    ("TGI", 424, '{"error": "Request failed during generation: CUDA", "error_type": "generation"}', PASSING),
    ("TGI", 429, '{"error": "Model is overloaded", "error_type": "overloaded"}', PASSING),
    ("Anthropic", 401, json.dumps({"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}), ALL),
    ("Anthropic", 400, json.dumps({"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API."}}), ALL),
    ("Anthropic", 404, json.dumps({"type": "error", "error": {"type": "not_found_error", "message": "model: claude-9"}}), ALL),
    ("Anthropic", 413, json.dumps({"type": "error", "error": {"type": "request_too_large", "message": "Request exceeds the maximum size"}}), PROMPT),
    ("Anthropic", 529, json.dumps({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}), PASSING),
    ("Gemini", 400, json.dumps([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]), ALL),
    ("Gemini", 404, json.dumps([{"error": {"code": 404, "message": "models/x is not found for API version v1main", "status": "NOT_FOUND"}}]), ALL),
    ("Gemini", 429, json.dumps([{"error": {"code": 429, "message": QUOTA, "status": "RESOURCE_EXHAUSTED"}}]), PASSING),
    ("Gemini", 400, json.dumps([{"error": {"code": 400, "message": "The input token count (9000) exceeds the maximum number of tokens allowed (8192).", "status": "INVALID_ARGUMENT"}}]), PROMPT),
    ("Qwen", 400, openai("Input data may contain inappropriate content.", code="data_inspection_failed"), PROMPT),
    ("DeepSeek", 402, openai("Insufficient Balance", "unknown_error"), ALL),
    ("DeepSeek", 400, openai("Content Exists Risk"), UNCLEAR),
    ("FastAPI", 422, '{"detail": [{"loc": ["body", "messages"], "msg": "field required", "input": {"temperature": 0}}]}', UNCLEAR),
    ("nginx", 413, "<html><head><title>413 Request Entity Too Large</title></head></html>", PROMPT),
    ("nginx", 403, "<html><head><title>403 Forbidden</title></head></html>", ALL),
    ("nginx", 405, "<html><head><title>405 Not Allowed</title></head></html>", ALL),
    ("Cloudflare", 403, "<html><title>Attention Required! | Cloudflare</title>Sorry, you have been blocked</html>", ALL),
    ("Cloudflare", 524, "<html><title>524: A timeout occurred</title></html>", PASSING),
    ("proxy", 407, "Proxy Authentication Required", ALL),
    ("proxy", 451, "Unavailable For Legal Reasons", PROMPT),
    ("proxy", 408, "", PASSING),
    ("proxy", 504, "upstream timed out", PASSING),
    ("any", 400, "", UNCLEAR),
    ("any", 409, "", PASSING),
    ("any", 425, "", PASSING),
    ("any", 418, "", UNCLEAR),
    ("any", 402, "", ALL),
    ("any", 200, "", PASSING),
    ("any", 200, "<html><title>Sign in</title></html>", PASSING),
    ("any", 200, '{"error": {"message": "busy"}}', PASSING),
    ("any", 200, '{"error": "context_length_exceeded"}', PROMPT),
    ("any", 200, 'data: {"choices": [{"delta": {"content": "Score"}}]}\n\ndata: [DONE]\n', PASSING),
)  # fmt: skip
