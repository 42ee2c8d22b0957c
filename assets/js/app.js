/* What runs on every page. Markup asks for a behaviour by a data- attribute; each module below says how in one line.

   data-dialog-open="id"          opens the <dialog id>; data-dialog-close closes the one around; data-dialog-auto opens at once
   data-slot="7"                  (posts) a link whose form opens under the post; without scripts it is a page
   data-menu-from                 (posts) a link whose menu is fetched when it is opened; without scripts it is a page
   data-menu                      (component menu) places the popover, arrow keys, closes on choice
   data-toast, data-toast-close   (component toast) goes after 8 s (20 with an undo or an error) unless hovered, focused or retried
   "palabre:toast"                event on document, detail {message, level, retry}: shows a toast from any module
   data-composer                  (component composer) toolbar, mentions, pasted files, drafts, Ctrl+Enter
   data-optimistic                on a button [aria-pressed] with a [data-count] inside: shows the reaction at once, takes it
                                  back if the server refuses
   data-panel="id"                a link that opens the popover with this id; htmx fills it
   data-live="thread:12"          hears "live:thread:12" when it changed (hx-trigger), and "live:presence", "live:writing" with names
   data-names="writing"           with data-live: shows whose names came; data-one, data-many are the sentences, data-me one's own name
   data-shortcut="gh"             keys that click this link or button; data-shortcut-focus="/" keys that focus this field
   data-item                      what j and k walk through (give it tabindex="-1")
   data-shortcuts-switch          the off switch; <body data-shortcuts="off"> is the person's setting
   data-theme-switch              form that changes the theme, at once
   data-chart="id of its data"    (component chart) draws it; the library loads when the figure comes near the screen
   data-confirm="dialog id"       a button that sends its form only after the dialog's [data-confirm-yes]
   data-submit-on-change          a form that sends itself when a field changes (filters, sorting)
   data-tags                      a field of words with commas between them, completed one by one from its <datalist>
   data-talk                      (community) a list of posts that stays up to date; data-close-slot closes a composer under a post
   data-copy-link                 copies the address of this link
   data-copy="words"              copies these words
   aria-current in a .tabs        comes into sight when the row of tabs is wider than the screen
   time[data-ago]                 (component time) grows older while the page is open
   data-passkey-failure           (sign-in) shown when the device gave no passkey
   data-count-for="id"            shows how many characters are left in the field with that id and a maxlength
   data-caption-editor            the film beside captions plays from the one in which the caret stands
   data-player                    the film of a module: our controls, transcript, what was watched; loads only where there is one
   (focus.js)                     what is drawn again keeps the focus; a form asked for under a post takes it
   data-needs-js, data-without-js shown only with, only without scripts (stylesheet)

   Waiting: nothing for 300 ms, then the bar at the top. Failures of htmx become a toast with a way to try again. */
import "./progress.js";
import "./toasts.js";
import "./failures.js";
import "./dialogs.js";
import "./menus.js";
import "./slots.js";
import "./focus.js";
import "./forms.js";
import "./validity.js";
import "./composer.js";
import "./reactions.js";
import "./live.js";
import "./panels.js";
import "./passkeys.js";
import "./shortcuts.js";
import "./talk.js";
import "./conversation.js";
import "./theme.js";
import "./links.js";
import "./moments.js";
import "./autosave.js";
import "./caption_editor.js";
import "./reading.js";
import "./tags.js";
import "./ticks.js";
import "./upload_progress.js";
import "./printing.js";
import { attach, whenSeen } from "./attach.js";

attach("[data-player]", async (film) => (await import("./player.js")).start(film));
whenSeen("[data-chart]", async (figure) => (await import("./charts.js")).draw(figure));

if ("serviceWorker" in navigator && document.documentElement.dataset.worker) {
  navigator.serviceWorker.register(document.documentElement.dataset.worker);
}
