/** Offers a file, or a text as a file in UTF-8. Where it goes is asked. */
export function download(name: string, content: string | Blob): void {
  const file = typeof content === 'string' ? new Blob([content], { type: 'text/plain' }) : content;
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.download = name;
  link.href = url;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_MS);
}

/** The page may let go of the text once the download has begun. */
const DOWNLOAD_MS = 60_000;
