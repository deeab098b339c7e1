/**
 * The suite of a compatible client: the situations of `COMPAT_SCRIPTS`, played by the real library against a gateway. The one in which the
 * gateway is killed needs processes, and is in e2e/compatible-clients.test.ts.
 */
import { ChatError } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompatAdapter, CompatClient } from '../compat/compat-client.ts';
import { COMPAT_SCRIPTS } from '../compat/compat-scripts.ts';
import { ProtocolClient } from '../protocol-client.ts';
import { createScriptedTool } from '../scripted-tool.ts';
import { startGateway, type StartedGateway } from '../start-gateway.ts';
import { emitToolCall } from '../tool-harness.ts';

/** Runs the suite. */
export function describeCompatClient(adapter: CompatAdapter): void {
  describe(adapter.name, () => {
    const tool = createScriptedTool({ approval: 'always' });
    let started: StartedGateway;
    let token: string;
    let opened: CompatClient[];
    beforeEach(async () => {
      started = await startGateway({ sites: [{ id: 'demo', origins: ['self'], tools: [tool] }] });
      token = (await (await ProtocolClient.connect(started.url)).received('welcome')).token ?? '';
      opened = [];
    });
    afterEach(async () => {
      for (const client of opened) await client.close();
      await started.stop();
    });
    const open = (earlier?: readonly string[]): CompatClient => {
      const client = adapter.open({ url: started.url, token, chatId: 'main' }, earlier);
      opened.push(client);
      return client;
    };
    const shows = (client: CompatClient, text: string) => expect.poll(() => client.text).toBe(text);
    const becomes = (client: CompatClient, status: CompatClient['status']) =>
      expect.poll(() => client.status).toBe(status);
    /** A page that has asked and shows half of its answer. */
    const asking = async () => {
      const client = open();
      client.ask('Hello?');
      const scene = await started.provider.next();
      scene.emitText('Good ');
      await shows(client, 'Good ');
      return { client, scene };
    };

    it(COMPAT_SCRIPTS.plain, async () => {
      const { client, scene } = await asking();
      expect(client.status).toBe('busy');
      scene.emitText('day.');
      scene.finish();
      await becomes(client, 'idle');
      expect(client.text).toBe('Good day.');
      client.ask('And now?');
      const second = await started.provider.next();
      expect(second.request.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
      second.emitText('Evening.');
      second.finish();
      await shows(client, 'Evening.');
      await becomes(client, 'idle');
    });

    it.each(['approve', 'refuse'] as const)(`${COMPAT_SCRIPTS.tools}: %s`, async (decision) => {
      const { client, scene } = await asking();
      emitToolCall(scene);
      scene.finish('tool');
      await expect.poll(() => client.isAsked).toBe(true);
      const calls = tool.count;
      await client.decide(decision);
      if (decision === 'approve') (await tool.next()).resolve({ degrees: 21 });
      const after = await started.provider.next();
      after.emitText('It is warm.');
      after.finish();
      await shows(client, 'Good It is warm.');
      await becomes(client, 'idle');
      expect(client.isAsked).toBe(false);
      expect(tool.count - calls).toBe(decision === 'approve' ? 1 : 0);
      if (decision === 'approve') expect(client.output).toEqual({ degrees: 21 });
    });

    it(COMPAT_SCRIPTS.reload, async () => {
      const { client, scene } = await asking();
      await client.close();
      scene.emitText('morning, ');
      const reloaded = open(['Hello?']);
      reloaded.resume();
      await shows(reloaded, 'Good morning, ');
      expect(scene.signal.aborted).toBe(false);
      scene.emitText('Ann.');
      scene.finish();
      await becomes(reloaded, 'idle');
      expect(reloaded.text).toBe('Good morning, Ann.');
    });

    it(COMPAT_SCRIPTS['second-viewer'], async () => {
      const { client, scene } = await asking();
      const other = open(['Hello?']);
      other.resume();
      await shows(other, 'Good ');
      scene.emitText('day.');
      scene.finish();
      for (const page of [client, other]) {
        await becomes(page, 'idle');
        expect(page.text).toBe('Good day.');
      }
    });

    it(COMPAT_SCRIPTS['stop-elsewhere'], async () => {
      const { client, scene } = await asking();
      const other = open(['Hello?']);
      other.resume();
      await shows(other, 'Good ');
      await other.stop();
      await expect.poll(() => scene.signal.aborted).toBe(true);
      for (const page of [client, other]) {
        await expect.poll(() => page.status).not.toBe('busy');
        expect(page.text).toBe('Good ');
      }
    });

    it(COMPAT_SCRIPTS['upstream-error'], async () => {
      const { client, scene } = await asking();
      scene.fail(new ChatError('upstream-overloaded'));
      await becomes(client, 'failed');
      expect(client.text).toBe('Good ');
      expect(client.error).toContain('The model is overloaded');
    });

    it(COMPAT_SCRIPTS['silent-end'], async () => {
      const { client, scene } = await asking();
      scene.end();
      await becomes(client, 'failed');
      expect(client.error).toContain('The answer broke off');
    });
  });
}
