/** Control characters of names from users and files never reach a terminal. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '�');
}
