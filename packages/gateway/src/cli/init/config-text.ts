/** The text of the configuration file that `rivulet init` writes: JSON with comments that say what else may be set. */
import { listOf, NO_KEY, type Answers } from './answers.ts';

/** Writes the file. What the answers say are values; everything else that is often wanted is a comment. */
export function configText(answers: Answers): string {
  const { siteId, origins, dataFolder, port } = answers;
  return `// The configuration of a Rivulet gateway: JSON with comments. Check it with: rivulet check --config <this file>
// The gateway reads it again when it changes. All settings: the README, "What can the configuration file say?".
{
  // Where the gateway listens. Put a proxy with TLS in front of it; "0.0.0.0" listens on all addresses.
  "host": "127.0.0.1",
  "port": ${Number(port)},

  // The conversations, the files of visitors, and the secret that signs their tokens. Keep it private, and back it up:
  // rivulet backup FILE.
  "dataFolder": ${JSON.stringify(dataFolder)},

${providerText(answers)}
  "sites": [
    {
      // The name in the tag of the page: rivulet snippet --site ${siteId}
      "id": ${JSON.stringify(siteId)},
      // The origins whose pages may show the chat. "self" is the gateway itself, "localhost" every page of this machine.
      "origins": ${JSON.stringify(listOf(origins)).replaceAll('","', '", "')},
      // What the model is told before each conversation.
      "systemPrompt": "You answer questions of visitors, shortly and politely. Say so when you do not know something.",
      // Texts and colours of the widget: "widget": { "header": { "title": "Ask us" } }
    },
  ],

  // Erase conversations after so many days without activity. Without it they are kept until somebody erases them.
  // "retentionDays": 90,

  // What a day may cost. Without it the limits of tokens for visitors hold, which rivulet check shows.
  // "budgets": { "site": { "moneyPerDay": 5 } },

  // How many proxies are in front of the gateway, so that limits count visitors and not the proxy.
  // "trustProxy": 1,

  // Set it to false to serve no demo page at "/".
  "demoPage": true,
}
`;
}

function providerText({ replies, keyFrom, baseUrl, model }: Answers): string {
  if (replies === 'demo')
    return `  // A demo replies, by a search in documents, without a model. For a model: "kind": "openai", "model": "gpt-5-mini",
  // "apiKeyFrom": "OPENAI_API_KEY".
  "provider": { "kind": "demo" },
`;
  const key =
    keyFrom === NO_KEY
      ? `    // The API needs no key; the text must not be empty.
    "apiKey": ${JSON.stringify(NO_KEY)},`
      : `    // The environment variable with the key, so that this file holds no secret.
    "apiKeyFrom": ${JSON.stringify(keyFrom)},`;
  const url =
    baseUrl === ''
      ? `    // "baseUrl": "http://127.0.0.1:11434/v1", for another API than OpenAI's own.`
      : `    "baseUrl": ${JSON.stringify(baseUrl)},`;
  return `  // The model that replies, by any API that streams chat completions as OpenAI's does.
  "provider": {
    "kind": "openai",
${key}
${url}
    "model": ${JSON.stringify(model)},
    // "request": { "temperature": 0.3, "maxTokens": 800 },
  },
`;
}
