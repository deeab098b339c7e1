/** Fake of `XMLHttpRequest`, which uploads use because it reports their progress. */

/** One request. Tests respond with `answer`. */
export class FakeRequest extends EventTarget {
  /** All requests in the order of their creation. */
  static all: FakeRequest[] = [];
  /** Target of progress events. */
  readonly upload = new (class {
    onprogress: (event: { loaded: number; total: number }) => void = () => undefined;
  })();
  /** Called after the response has arrived. */
  onload: () => void = () => undefined;
  /** Called after `abort`. */
  onabort: () => void = () => undefined;
  /** Status code of the response. */
  status = 0;
  /** Body of the response. */
  responseText = '';
  /** URL of the request. */
  address = '';
  /** Headers of the request. */
  readonly headers: Record<string, string> = {};
  /** Records the URL. */
  open(_method: string, address: string): void {
    this.address = address;
  }
  /** Records a header. */
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  /** Adds the request to `all`; the test responds. */
  send(): void {
    FakeRequest.all.push(this);
  }
  /** Aborts the request. */
  abort(): void {
    this.onabort();
  }
  /** Responds with a status and a JSON body. */
  answer(status: number, body: object): void {
    Object.assign(this, { status, responseText: JSON.stringify(body) });
    this.onload();
  }
}
