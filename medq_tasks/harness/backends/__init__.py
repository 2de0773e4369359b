"""Four of lmms-eval's API backends, sending pictures as PNG with the media type that the bytes have.

Stock, they send JPEG (claude, qwen_vl_api, cosmos_wm) or call a PNG a JPEG (reka). The classes here are registered
under the same names. They act on the pictures that ``pixels.hand_over(..., "png")`` dressed; everything else, other
tasks in the same run included, goes the harness's own way. The result file's ``config.model_backend`` names them.

Local backends need none of this: they read what they wrote by its content.
"""

from __future__ import annotations

CLASSES: dict[str, str] = {
    "claude": "medq_tasks.harness.backends.claude.ExactClaude",
    "qwen_vl_api": "medq_tasks.harness.backends.qwen_vl_api.ExactQwenVlApi",
    "cosmos_wm": "medq_tasks.harness.backends.cosmos_wm.ExactCosmos",
    "reka": "medq_tasks.harness.backends.reka.ExactReka",
}
