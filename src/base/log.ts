/** What the layers log to; the server implements it with pino. Fields go first: they are what one searches for. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A log that adds these fields (room, participant, request) to every line. */
  child(fields: object): Log;
}
