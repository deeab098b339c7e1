/** In place of `XMLHttpRequest`, which alone tells how far an upload is. */

/** What was put; a test answers it. */
export class FakeRequest extends EventTarget {
  static all: FakeRequest[] = [];
  readonly upload = new (class {
    onprogress: (event: { loaded: number; total: number }) => void = () => undefined;
  })();
  onload: () => void = () => undefined;
  onabort: () => void = () => undefined;
  status = 0;
  responseText = '';
  address = '';
  readonly headers: Record<string, string> = {};
  open(_method: string, address: string): void {
    this.address = address;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(): void {
    FakeRequest.all.push(this);
  }
  abort(): void {
    this.onabort();
  }
  answer(status: number, body: object): void {
    Object.assign(this, { status, responseText: JSON.stringify(body) });
    this.onload();
  }
}
