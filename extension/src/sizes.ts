const megabyte = 1e6;
const gigabyte = 1e9;

/** Writes a number of bytes as people are told it, such as 2.4 GB; in thousands, as the sidecar does. */
export function sizeText(bytes: number): string {
  const megabytes = Math.round(bytes / megabyte);
  // 999.6 MB would be 1000 MB.
  if (megabytes >= 1000) {
    return `${(bytes / gigabyte).toFixed(1)} GB`;
  }
  return bytes > 0 && megabytes === 0 ? "less than 1 MB" : `${megabytes} MB`;
}

/** Writes how far a number of bytes has come, in the unit of the whole, such as 1.2/2.3 GB. */
export function amountText(done: number, total: number | undefined): string {
  if (total === undefined) {
    return sizeText(done);
  }
  return Math.round(total / megabyte) >= 1000
    ? `${(done / gigabyte).toFixed(1)}/${(total / gigabyte).toFixed(1)} GB`
    : `${Math.round(done / megabyte)}/${Math.round(total / megabyte)} MB`;
}
