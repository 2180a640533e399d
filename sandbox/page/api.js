/** Calls over HTTP. Whatever goes wrong becomes one thing: a Refusal with a sentence for the person. */

const UNREACHABLE = "连不上沙箱服务，请确认它正在运行，然后重试";
const NOT_STARTED = "社区后端还没有启动，请先运行 make up";
const NO_ANSWER = "社区接口暂时没有回应，请稍候重试";

/** The server said no, or said nothing. `detail` is fit to be shown. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail);
    this.status = status;
    this.code = problem.code ?? "";
    this.detail = problem.detail;
    this.unlock = problem.unlock ?? null;
    this.errors = problem.errors ?? [];
    this.current = problem.current ?? null;
  }

  /** Whether trying the same again later can help. */
  get passing() {
    return this.status === 0 || this.status >= 500;
  }
}

/**
 * One call: the parsed answer, or null when there is none. `heard(headers)` gets to know the answer's headers.
 * Refuses: Refusal.
 */
export async function call(method, path, { body, token, key, heard } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  const response = await answered(fetch(path, { method, headers, body: body && JSON.stringify(body) }));
  heard?.(response.headers);
  const text = await answered(response.text());
  const answer = parsed(text);
  if (response.ok) return answer;
  throw new Refusal(response.status, refusalOf(response.status, answer));
}

/** A file: what a JSON call answers with instead of JSON. Refuses: Refusal. */
export async function callForFile(path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await answered(fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
  if (response.ok) return answered(response.blob());
  throw new Refusal(response.status, refusalOf(response.status, parsed(await answered(response.text()))));
}

/** Posts a form to a place that is not ours and tells nothing but whether it worked. Refuses: Refusal. */
export async function postForm(url, form, refused) {
  const response = await answered(fetch(url, { method: "POST", body: form }), refused);
  if (!response.ok) throw new Refusal(response.status, { code: "upload_refused", detail: refused });
}

async function answered(promise, sentence = UNREACHABLE) {
  try {
    return await promise;
  } catch {
    throw new Refusal(0, { code: "unreachable", detail: sentence });
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function refusalOf(status, answer) {
  if (typeof answer?.detail === "string") return answer;
  if (typeof answer?.error === "string")
    return { code: "sandbox", detail: status === 503 ? NOT_STARTED : `沙箱没有接受：${answer.error}` };
  return { code: "no_answer", detail: status >= 500 ? NO_ANSWER : `请求未被接受（${status}）` };
}
