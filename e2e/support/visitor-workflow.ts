/** Everything that a visitor can do with a chat, by mouse and keyboard, in one sequence. */
import type { ChatOnPage } from './browser.ts';

/** What the workflow needs besides the widget. */
export interface VisitorWorkflowOptions {
  /** Releases one gate of the scripted upstream's answer. */
  release: () => Promise<unknown>;
}

/**
 * Runs the workflow on a panel that is open: asks, reads a streamed answer with a table, a list and code, stops an answer,
 * retries a truncated one, regenerates an answer, edits a question, switches between versions, starts a new conversation,
 * and closes the panel.
 */
export async function runVisitorWorkflow(
  chat: ChatOnPage,
  { release }: VisitorWorkflowOptions,
): Promise<void> {
  const { page, transcript } = chat;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await chat.ask('Show me all of it [[showcase]]');
  for (const tag of ['table', 'ol', 'pre']) await transcript.locator(tag).first().waitFor();
  await chat.stop.waitFor();
  await release();
  await chat.waitForText('That was everything');
  await chat.waitForIdle();

  await chat.ask('Take your time [[hang-mid]]');
  await chat.waitForText('half of a sentence');
  await chat.stop.click();
  await chat.waitForText('You stopped this answer.');
  await chat.waitForIdle();

  await chat.ask('Break off [[truncate]]');
  await chat.waitForText('broke off');
  await button('Try again').last().click();
  await chat.waitForIdle();

  await chat.ask('Plainly');
  await chat.waitForText('You asked: Plainly');
  await chat.waitForIdle();
  await button('Regenerate').last().click();
  await transcript.getByText('2/2').last().waitFor();
  await chat.waitForIdle();

  await button('Edit').last().click();
  await page.getByRole('textbox', { name: 'Edit' }).fill('Otherwise');
  await page.getByRole('textbox', { name: 'Edit' }).press('Enter');
  await chat.waitForText('You asked: Otherwise');
  await chat.waitForIdle();
  await button('Previous version').last().click();
  await chat.waitForText('You asked: Plainly');

  await button('New conversation').click();
  await chat.waitForText('How can I help?');
  await button('Close chat').last().click();
  await chat.launcher.waitFor();
}
