/**
 * The labels that define an object: the inverse of `labelConfiguration`. Lists of texts are joined by commas, lists of
 * objects numbered; fields of Traefik are in lower case, as it compares them, and names of headers keep theirs. An
 * empty object is `true`, because a label without a value says nothing.
 * @param prefix `traefik.http.routers.blog`
 */
export function encodeLabels(prefix: string, definition: unknown): Record<string, string> {
  const labels: Record<string, string> = {};
  encode(prefix, definition, labels);
  return labels;
}

function encode(prefix: string, value: unknown, labels: Record<string, string>): void {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) labels[prefix] = value.join(',');
    else value.forEach((item, index) => encode(`${prefix}[${index}]`, item, labels));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const name = `${prefix}.${labelKey(prefix, key)}`;
      if (isEmptyObject(item)) labels[name] = 'true';
      else encode(name, item, labels);
    }
  } else if (value !== undefined) {
    labels[prefix] = String(value);
  }
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

function labelKey(prefix: string, key: string): string {
  return /\.custom(request|response)headers$/.test(prefix) ? key : key.toLowerCase();
}
