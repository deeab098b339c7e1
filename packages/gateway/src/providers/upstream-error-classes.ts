/** The kinds of failures that upstreams report, and how each is recognised: by its codes, its words or its HTTP status. */
import type { ErrorCode } from '@rivulet/protocol';

/** Why an upstream failed, as far as its report tells. Finer than the codes of `ChatError`, which are made for visitors. */
export type UpstreamReason =
  | 'context-length'
  | 'content-blocked'
  /** The model takes no images, or not this one. */
  | 'image-refused'
  | 'tools-refused'
  /** The model takes no system prompt in this role. */
  | 'system-role-refused'
  /** The model does not give its reasoning in encrypted form. */
  | 'encrypted-reasoning-refused'
  /** The upstream does not take back what it attached to its answers, such as encrypted reasoning of another organisation. */
  | 'attachment-refused'
  | 'rate-limited'
  | 'quota'
  | 'overloaded'
  | 'timeout'
  | 'stalled'
  | 'bad-key'
  /** The key is valid and may not do this, or not from this place. */
  | 'forbidden'
  | 'model-not-found'
  | 'redirected'
  /** No connection: name, network or certificate. */
  | 'unreachable';

/** One kind of failure. */
export interface ErrorClass {
  reason: UpstreamReason;
  /** What the visitor is told. */
  code: ErrorCode;
  /** What the operator can do about it; undefined when only waiting helps. */
  advice?: string;
  /** Codes, types and statuses by name. Case, and characters that are no letters or digits, do not matter. */
  codes?: readonly string[];
  /** Parts of error texts, with the upstreams that write them. */
  words?: readonly RegExp[];
  statuses?: readonly number[];
}

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * The classes. Codes are tried first, then words, in this order, then statuses. An error text may quote the prompt, so the words
 * are whole phrases.
 */
export const ERROR_CLASSES: readonly ErrorClass[] = [
  {
    reason: 'encrypted-reasoning-refused',
    code: 'upstream-unconfigured',
    advice: 'The model does not encrypt its reasoning: set `include` in extraBody to an empty list.',
    words: [/encrypted content is not supported/i], // OpenAI
  },
  {
    reason: 'attachment-refused',
    code: 'upstream-failed',
    codes: ['invalid_encrypted_content'],
    words: [
      /encrypted content\b.{0,200}could not be (verified|decrypted)|items are not persisted when/is, // OpenAI, Azure
      /of type '\w+' was provided without its required/i, // OpenAI
    ],
  },
  {
    reason: 'system-role-refused',
    code: 'upstream-unconfigured',
    advice:
      'The model takes no system prompt in this role: set RIVULET_SYSTEM_ROLE, or `systemRole`, to user.',
    words: [
      /system role (is )?not supported|role not supported( yet)?: (system|developer)/i, // Gemma, Baichuan
      /role\W{0,3}(system|developer)\W{0,2} is not supported|不支持.{0,12}role: ?(system|developer)/i, // Anthropic, InternLM
      /does not support '(system|developer)' with this model|(invalid|unexpected|unknown) role\W{0,3}(system|developer)/i, // OpenAI, relays
      /developer instruction is not enabled/i, // Gemma at Google
      /only user(,| and) assistant (and tool )?roles are supported|roles must alternate user\/assistant/i, // Mistral's templates
    ],
  },
  {
    reason: 'content-blocked',
    code: 'content-blocked',
    codes: list(`
      content_filter content_policy_violation moderation_blocked image_content_policy_violation
      ResponsibleAIPolicyViolation data_inspection_failed guardrail_intervened prohibited_content
      bio_policy misalignment_policy_violation
    `),
    words: [
      /content (management|filtering|policy|moderation)|content.?filter/i, // Azure, Anthropic, OpenAI
      /may contain inappropriate content|content exists risk|considered high risk/i, // DashScope, DeepSeek, Moonshot
      /input was flagged|flagged (as|for)|safety (system|filter|setting)/i, // OpenRouter, OpenAI
      /blocked (by|due to) .{0,40}(safety|policy|guardrail)|violat\w+ .{0,40}(usage|content) polic/i, // Gemini, OpenAI
      /(不安全或)?敏感内容|内容安全/, // Zhipu
    ],
  },
  {
    reason: 'image-refused',
    code: 'upstream-failed',
    advice:
      'The model takes no images, or not this one: choose a model with vision, or allow no images on the site.',
    codes: list(`
      image_not_supported invalid_image invalid_image_format invalid_image_url invalid_base64_image
      image_parse_error image_too_large image_too_small image_file_too_large empty_image_file
      unsupported_image_media_type image_file_not_found failed_to_download_image too_many_images
    `),
    words: [
      /(not|n't) (support|accept|allow)\w* .{0,30}(image|vision|multi-?modal)/i, // Ollama, LM Studio, Bedrock, Mistral
      /(image|vision|multi-?modal)[\w ]{0,30} (is|are) not (supported|enabled|allowed|available)/i, // llama.cpp, Mistral
      /no endpoints found that support image/i, // OpenRouter
      /image_url.{0,60}(only supported|not supported|expected .?text|unsupported)|unknown variant .?image_url/i, // OpenAI, DeepSeek
      /image input modality is not enabled|only supports? text|not a (multi-?modal|vision) model/i, // Gemini, vLLM
      /at most \d+ images?\b|at most \d+ image\(s\)|too many images/i, // vLLM
      /messages\W.{0,20}content.{0,3} must be a string/i, // Groq
      /(could not|cannot|can't|failed to|unable to) (process|decode|load|preprocess|download|read|parse)\w* .{0,20}image/i, // Anthropic, Fireworks
      /(invalid|unsupported|corrupt\w*) image|not represent a valid image|image (exceeds|size|dimensions)/i, // OpenAI, Anthropic
      /不支持.{0,6}图/, // Zhipu and relays
    ],
  },
  {
    reason: 'tools-refused',
    code: 'upstream-unconfigured',
    advice: 'The model takes no tools: choose another model, or give the site no tools.',
    words: [
      /does not support (tools|tool use|function calling)|tools?\W{0,2} (is|are) not supported/i, // Ollama, Groq
      /no endpoints found that support tool use|tool choice requires .?--enable-auto-tool-choice/i, // OpenRouter, vLLM
    ],
  },
  {
    reason: 'rate-limited',
    code: 'upstream-rate-limited',
    codes: list(`
      rate_limit_exceeded rate_limit_error rate_limit_reached_error rate_limited RateLimitError
      RESOURCE_EXHAUSTED Throttling ThrottlingException Throttling.RateQuota Throttling.AllocationQuota
      limit_requests limit_burst_rate too_many_requests TooManyRequestsException model_rate_limit
      token_quota_exceeded request_quota_exceeded slow_down concurrency_limit_exceeded
    `),
    words: [
      /rate.?limit|too many (requests|concurrent)|too many tokens, please wait|requests? per (minute|second|day)/i,
      /please wait before (trying|retrying)|free.models.per|retry after \d+ ?s/i, // Bedrock, OpenRouter, Azure
      /并发数?过高|请求过多|频率/, // Zhipu
    ],
    statuses: [429],
  },
  {
    reason: 'context-length',
    code: 'context-length',
    advice: 'Set limits.maxContextTokens to less than the window of the model, with room for its answer.',
    codes: list(`
      context_length_exceeded string_above_max_length exceed_context_size_error prompt_too_long
      ContextWindowExceededError context_window_exceeded model_context_window_exceeded
      model_max_prompt_tokens_exceeded tokens_limit_reached request_too_large token_limit_exceeded
    `),
    words: [
      /context.?(length|window|size|limit)/i, // OpenAI, vLLM, DeepSeek, Mistral, llama.cpp, LM Studio, Together, OpenRouter
      /prompt (is |was )?too long|prompt (exceeds|tokens too long)|input (is )?too long/i, // Anthropic, Ollama, Fireworks, Bedrock
      /maximum (model|prompt|allowed input|input|sequence|allowed) length/i, // xAI, vLLM, Poolside
      /exceeds? the maximum number of (input )?tokens/i, // Gemini
      /too many (input |prompt |total )?tokens|exceed\w* (the )?(model )?token limit/i, // Cohere, Moonshot
      /reduce (the length|your (prompt|message|input))|shorter input|input (tokens? )?exceeds?/i, // Groq, Cerebras, LM Studio
      /token count of [\d,]+ exceeds|tokens in request more than max|range of input length/i, // Copilot, DashScope
      /\b(inputs?|prompt)\b.{0,60}must (be|have) (less than|<=?|at most)/i, // Hugging Face, Together
      /too large for \S+ model|max size: [\d,]+ tokens|extra usage is required for long context/i, // GitHub Models, Anthropic
      /prompt 超长|(输入|上下文|提示词?).{0,10}(过长|超长|超出|超过)/i, // Zhipu, Baidu
    ],
    statuses: [413],
  },
  {
    reason: 'quota',
    code: 'quota-exceeded',
    advice: 'Check the plan, the balance and the spending limit at the upstream.',
    codes: list(`
      insufficient_quota billing_hard_limit_reached billing_not_active billing_error quota_exceeded
      exceeded_current_quota_error insufficient_balance insufficient_credits insufficient_user_quota
      Arrearage budget_exceeded payment_required spending_limit_reached credit_limit_reached
    `),
    words: [
      /exceeded your (current|monthly) .{0,20}(quota|credit)|(insufficient|not have (enough|sufficient)) (quota|balance|credits?|funds)/i, // OpenAI, DeepSeek
      /credit balance is too low|requires more credits|out of credits|used all available credits/i, // Anthropic, OpenRouter, xAI
      /(spending|budget|billing|credit) .{0,20}(limit|exceeded|been reached)|requires billing/i, // xAI, LiteLLM, Google
      /account .{0,40}(good standing|suspended|arrears|overdue)|free allocation/i, // DashScope, Moonshot, Cloudflare
      /余额不足|欠费|额度(不足|已用)/, // Zhipu and relays
    ],
    statuses: [402],
  },
  {
    reason: 'overloaded',
    code: 'upstream-overloaded',
    codes: list(`
      overloaded_error server_overloaded engine_overloaded_error engine_overloaded overloaded UNAVAILABLE
      unavailable_error service_unavailable ServiceUnavailableException ServiceUnavailable
      ModelNotReadyException queue_exceeded capacity_exceeded no_capacity model_overloaded
    `),
    words: [
      /overloaded|over capacity|capacity (exceeded|temporarily)|server (is )?(too )?busy|service is too busy|high (traffic|demand)/i,
      /loading model|model is (currently )?loading|no healthy (upstream|deployments?)|no available (model )?provider/i, // llama.cpp, Envoy
      /(service|temporarily) unavailable|bad gateway|gateway time-?out|upstream connect error/i, // proxies
    ],
    /** A proxy in front of a busy or restarting model. 498 is Groq's, 529 Anthropic's, 520 to 524 are Cloudflare's. */
    statuses: [498, 502, 503, 504, 520, 521, 522, 523, 524, 529],
  },
  {
    reason: 'timeout',
    code: 'upstream-timeout',
    // The limit of 300 s of the global fetch, which a provider may be given.
    codes: list(`
      UND_ERR_HEADERS_TIMEOUT DEADLINE_EXCEEDED ModelTimeoutException request_timeout timeout_error
    `),
    words: [/(request|operation|generation|deadline) (has )?(timed out|timeout|exceeded the time)/i],
    statuses: [408],
  },
  { reason: 'stalled', code: 'upstream-stalled', codes: ['UND_ERR_BODY_TIMEOUT'] },
  {
    reason: 'bad-key',
    code: 'upstream-unconfigured',
    advice:
      'Check the key of the upstream, OPENAI_API_KEY, and that it belongs to the service of the base URL.',
    codes: list(`
      invalid_api_key incorrect_api_key_error API_KEY_INVALID no_api_key missing_api_key
      authentication_error AuthenticationError invalid_authentication_error unauthorized UNAUTHENTICATED
      UnrecognizedClientException InvalidSignatureException ExpiredTokenException permission_error
    `),
    words: [
      /(invalid|incorrect|wrong|missing|expired|no|not a valid) .{0,12}(api.?key|api token|subscription key|auth credentials)/i,
      /api.?key .{0,20}(not valid|invalid|incorrect|expired|leaked|required)|authentication (fails|failed|error)/i, // Gemini, DeepSeek
      /security token included in the request|user not found/i, // Bedrock, OpenRouter
    ],
    statuses: [401],
  },
  {
    reason: 'forbidden',
    code: 'upstream-unconfigured',
    advice:
      'Check what the key of the upstream may do: its project, its models, its addresses and its region.',
    codes: ['unsupported_country_region_territory', 'PERMISSION_DENIED', 'AccessDeniedException'],
    statuses: [403],
  },
  {
    reason: 'model-not-found',
    code: 'upstream-unconfigured',
    advice:
      'Check the model, RIVULET_MODEL, and the base URL, OPENAI_BASE_URL, which ends before /chat/completions or /responses, and RIVULET_API.',
    codes: list(`
      model_not_found DeploymentNotFound model_not_available model_decommissioned invalid_model
      not_found_error NotFoundError resource_not_found_error ResourceNotFoundException unknown_model
      NOT_FOUND
    `),
    words: [
      /model\b.{0,80}(not found|not exist|does not exist|is not supported|decommissioned|no longer)/i, // OpenAI, Ollama, DeepSeek
      /(invalid|unknown|unsupported|not a valid) model|no models? loaded|no endpoints found for/i, // Mistral, LM Studio, OpenRouter
      /model identifier is invalid|unable to access model|(模型不存在|未找到模型)/i, // Bedrock, Together, Zhipu
    ],
    statuses: [404, 405, 410],
  },
  {
    reason: 'redirected',
    code: 'upstream-failed',
    advice:
      'The upstream redirects to another address, and the key is sent to none but the base URL: set OPENAI_BASE_URL to the final one.',
    statuses: [301, 302, 303, 307, 308],
  },
  {
    reason: 'unreachable',
    code: 'upstream-failed',
    advice:
      'Check the base URL of the upstream, its name, the network and the proxy between, and its certificate.',
    codes: list(`
      ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ETIMEDOUT UND_ERR_CONNECT_TIMEOUT
      DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE EPROTO
      PROXY_PASSWORD_REQUIRED CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    `),
  },
];
