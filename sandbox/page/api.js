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
  }

  /** Whether trying the same again later can help. */
  get passing() {
    return this.status === 0 || this.status >= 500;
  }
}

/** One call: the parsed answer, or null when there is none. Refuses: Refusal. */
export async function call(method, path, { body, token, key } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  const response = await answered(fetch(path, { method, headers, body: body && JSON.stringify(body) }));
  const text = await answered(response.text());
  const answer = parsed(text);
  if (response.ok) return answer;
  throw new Refusal(response.status, refusalOf(response.status, answer));
}

async function answered(promise) {
  try {
    return await promise;
  } catch {
    throw new Refusal(0, { code: "unreachable", detail: UNREACHABLE });
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
