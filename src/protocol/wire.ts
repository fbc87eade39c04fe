/**
 * From decoded protobuf messages to plain objects.
 *
 * Generated messages keep absent fields on their prototype (proto3 defaults) and absent sub-messages as null; both are
 * traps for whoever spreads, compares or validates them. plain() copies once, at the edge.
 */
type Scalar = string | number | boolean;

/** A decoded message as a plain object: every scalar and list present, absent sub-messages missing. */
export type Plain<T> = {
  [K in keyof T as K extends '$unknowns'
    ? never
    : NonNullable<T[K]> extends Scalar | unknown[]
      ? K
      : never]-?: Item<NonNullable<T[K]>>;
} & {
  [K in keyof T as K extends '$unknowns'
    ? never
    : NonNullable<T[K]> extends Scalar | unknown[]
      ? never
      : K]?: Plain<NonNullable<T[K]>>;
};
type Item<T> = T extends (infer U)[] ? (U extends Scalar ? U : Plain<U>)[] : T;

export function plain<T extends object>(message: T): Plain<T> {
  const copy: Record<string, unknown> = {};
  // for…in on purpose: the defaults live on the prototype.
  for (const key in message) {
    const value: unknown = message[key];
    if (value === null || value === undefined || typeof value === 'function' || key.startsWith('$')) continue;
    if (Array.isArray(value)) copy[key] = value.map((item: unknown) => (isObject(item) ? plain(item) : item));
    else copy[key] = isObject(value) ? plain(value) : value;
  }
  return copy as Plain<T>;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
