interface Command {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

export function dependenciesMatch(root: string): boolean;
export function installCommand(root: string, environment: NodeJS.ProcessEnv): Command;
export function nestedEnvironment(root: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
