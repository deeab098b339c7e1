/** Saves a file on the visitor's device. */

/** Starts a download by clicking a temporary link. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  // The browser has started the download by the next task.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  });
}
