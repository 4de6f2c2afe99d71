// Helpers to find and create elements of the document.

const COPIED_MS = 2_000;

export function at(id) {
  return document.getElementById(id);
}

/** A new element with an optional class and with content: text and elements. */
export function make(name, className, ...content) {
  const element = document.createElement(name);
  if (className) {
    element.className = className;
  }
  element.append(...content);
  return element;
}

/** Sets the text of a live region. Equal text is not set again, so that screen readers do not repeat it. */
export function put(id, text) {
  if (at(id).textContent !== text) {
    at(id).textContent = text;
  }
}

/** Copies `text` to the clipboard, and shows that on the `button` that was pressed. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copySelected(text, button); // without the permission, or without TLS on another machine
  }
  const words = (button.dataset.words ??= button.textContent);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = words), COPIED_MS);
}

function copySelected(text, button) {
  const field = make("textarea");
  field.value = text;
  button.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  button.focus();
}

/** Adds `item` to the end of `list`, and scrolls to the end if the end was visible. */
export function append(list, item) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < item.offsetHeight + 40;
  list.append(item);
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}
