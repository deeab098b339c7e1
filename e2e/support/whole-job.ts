/** All that a visitor does with a chat, by mouse and keyboard, in one go. */

import type { ChatOnPage } from './browser.ts';

export interface WholeJobOptions {
  /** Lets the scripted upstream pass one gate. */
  release: () => Promise<unknown>;
}

/**
 * Opened already: asks, reads a streamed answer with a table, a list and code, stops one, tries a broken one again, asks for
 * another answer, edits, turns between the versions, begins anew, and closes.
 */
export async function doWholeJob(chat: ChatOnPage, { release }: WholeJobOptions): Promise<void> {
  const { page, transcript } = chat;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await chat.ask('Show me all of it [[showcase]]');
  for (const tag of ['table', 'ol', 'pre']) await transcript.locator(tag).first().waitFor();
  await chat.stop.waitFor();
  await release();
  await chat.sees('That was everything');
  await chat.isDone();

  await chat.ask('Take your time [[hang-mid]]');
  await chat.sees('half of a sentence');
  await chat.stop.click();
  await chat.sees('You stopped this answer.');
  await chat.isDone();

  await chat.ask('Break off [[truncate]]');
  await chat.sees('broke off');
  await button('Try again').last().click();
  await chat.isDone();

  await chat.ask('Plainly');
  await chat.sees('You asked: Plainly');
  await chat.isDone();
  await button('Answer again').last().click();
  await transcript.getByText('2/2').last().waitFor();
  await chat.isDone();

  await button('Edit').last().click();
  await page.getByRole('textbox', { name: 'Edit' }).fill('Otherwise');
  await page.getByRole('textbox', { name: 'Edit' }).press('Enter');
  await chat.sees('You asked: Otherwise');
  await chat.isDone();
  await button('Previous version').last().click();
  await chat.sees('You asked: Plainly');

  await button('New conversation').click();
  await chat.sees('How can I help?');
  await button('Close chat').last().click();
  await chat.launcher.waitFor();
}
