type TimesOf<Value> = {
  [Name in keyof Value]: Value[Name] extends number | undefined ? Name : never;
}[keyof Value];

/** The same, with the times named in ISO 8601 as scripts read them; one that there is not is left out. */
export function withIsoTimes<Value extends object, Name extends TimesOf<Value>>(
  value: Value,
  ...names: readonly Name[]
): Omit<Value, Name> & Partial<Record<Name, string>> {
  const times = names
    .map((name): [Name, number | undefined] => [name, value[name] as number | undefined])
    .filter((entry): entry is [Name, number] => entry[1] !== undefined)
    .map(([name, time]) => [name, new Date(time).toISOString()]);
  return { ...value, ...(Object.fromEntries(times) as Record<Name, string>) };
}
