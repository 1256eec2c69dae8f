/** What every command is given: the output, and the server once it asks for it. */

import { Command } from 'commander';
import { findServer, type Variables } from './config.ts';
import { Output, type Terminal } from './output.ts';
import { PlatformApi } from './platform-api.ts';

export interface Context {
  readonly output: Output;
  /** Throws a CliError when no server can be found. */
  readonly api: PlatformApi;
}

interface GlobalOptions {
  json?: boolean;
  url?: string;
  token?: string;
}

/** Makes commander's action out of one that takes a context, then the arguments, then the options. */
export type Bind = <Values extends unknown[]>(
  action: (context: Context, ...values: Values) => Promise<void>,
) => (...all: [...Values, Command]) => Promise<void>;

export function makeBind(terminal: Terminal, env: Variables): Bind {
  return <Values extends unknown[]>(action: (context: Context, ...values: Values) => Promise<void>) =>
    async (...all: [...Values, Command]) => {
      const command = all.at(-1);
      if (!(command instanceof Command)) throw new Error('commander did not pass the command');
      const globals = command.optsWithGlobals<GlobalOptions>();
      const context: Context = {
        output: new Output(terminal, globals.json === true),
        get api() {
          return new PlatformApi(findServer(globals, env));
        },
      };
      // Commander appends the command itself to the arguments and options that `Values` describes.
      await action(context, ...(all.slice(0, -1) as Values));
    };
}
