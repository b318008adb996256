/** What the server answers when it does not do what was asked. */

export interface IFieldProblem {
  field: string;
  message: string;
}

/** A refusal by the server, or no answer at all. */
export class ApiError extends Error {
  constructor(options: ApiError.IOptions) {
    super(options.message);
    this.name = 'ApiError';
    this.code = options.code;
    this.problems = options.problems ?? [];
  }

  /** Stable word for programs, such as `not_found`; `unreachable` when there was no answer. */
  readonly code: string;
  /** For `invalid_input`: what is wrong with which field. */
  readonly problems: readonly IFieldProblem[];

  /** Whether asking the same again later can help. */
  get isTransient(): boolean {
    return TRANSIENT.has(this.code);
  }
}

export namespace ApiError {
  export interface IOptions {
    code: string;
    /** A sentence for people. */
    message: string;
    problems?: readonly IFieldProblem[];
  }
}

const TRANSIENT: ReadonlySet<string> = new Set(['unreachable', 'rate_limited', 'database_unavailable', 'not_joined']);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error in an answer of the server's error shape; a shapeless answer (a proxy's page, say) counts as unreachable. */
export function errorFrom(answer: unknown): ApiError {
  if (!isRecord(answer) || typeof answer.code !== 'string' || typeof answer.message !== 'string') {
    return unreachable();
  }
  const problems = Array.isArray(answer.errors) ? answer.errors.filter(isProblem) : [];
  return new ApiError({ code: answer.code, message: answer.message, problems });
}

export function unreachable(): ApiError {
  return new ApiError({
    code: 'unreachable',
    message: 'The server did not answer. Check the connection and try again.'
  });
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isProblem(value: unknown): value is IFieldProblem {
  return isRecord(value) && typeof value.field === 'string' && typeof value.message === 'string';
}
