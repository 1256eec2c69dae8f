/** An error the user is shown as one line and a hint, without a stack. */

export class CliError extends Error {
  readonly hint: string | null;
  /** 1 = it did not work, 2 = it was asked for wrongly. */
  readonly exitCode: 1 | 2;

  constructor(message: string, hint: string | null = null, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'CliError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. */
export function usageError(message: string, hint: string | null = null): CliError {
  return new CliError(message, hint, 2);
}
