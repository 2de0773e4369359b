"""Replies written by hand, each beside the value that a careful person reads in it; ``test_edits`` edits them.

Marks in a reply, none of which a reader sees: ``@`` before a name that changes when options or images change places,
``||`` where all is decided and the rest may be cut off.
"""

from __future__ import annotations

OPTIONS = {"A": "Motion blur", "B": "Noise", "C": "Ring artifact", "D": "Metal artifact"}
CHOICES = {
    # marked
    "Answer: @B": "B",
    "Final answer: @C": "C",
    "**Final answer:** (@D)": "D",
    "The grain is fine and even.\n\nAnswer: @B": "B",
    "Final answer: @A ||\n\nThe edges are doubled along one direction.": "A",
    "<answer>@C</answer>": "C",
    "Circles around the centre.\n<answer>@C</answer>": "C",
    "\\boxed{@D}": "D",
    '{"answer": "@A"}': "A",
    '{"reasoning": "The grain is even.", "answer": "@B"}': "B",
    # stated
    "The answer is @B.": "B",
    "The correct answer is @C. || The circles share one centre, which is typical.": "C",
    "I choose option @D. || Streaks start at the implant.": "D",
    "The correct option is (@A).": "A",
    "The correct answer is @B. Noise": "B",
    "The answer is metal artifact.": "D",
    "@C is the correct answer. || The circles are concentric and sharp.": "C",
    "Option @B is correct. || The grain is everywhere.": "B",
    # bare
    "@B": "B",
    "(@C)": "C",
    "@D.": "D",
    "@A. Motion blur": "A",
    "@C: Ring artifact": "C",
    "Noise": "B",
    "Metal artifact.": "D",
    # prose
    "The image shows noise.": "B",
    "The scan is degraded by a ring artifact around the centre.": "C",
    "The dominant degradation in this slice is motion blur. || The edges are doubled along one direction.": "A",
    # reasoning, then an answer
    "At first it resembles motion blur. The edges are crisp, however.\n\nSo the answer is @B.": "B",
    "@A is incorrect because the edges are crisp. @B is incorrect because the background is even.\n\n"
    "Therefore, the answer is @C.": "C",
    "Step 1: I look at the edges. They are crisp.\nStep 2: I look at the background. It is grainy.\n\nAnswer: @B": "B",
    "<think>Perhaps @A. No, there are circles.</think>\nThe answer is @C.": "C",
    "Streaks start at the implant, so the correct answer is @D.": "D",
    "The answer is @A. No, wait, the edges are crisp. The answer is @B.": "B",
    "Let me compare the options.\n- @A: the edges are crisp, so no.\n- @D: there is no implant, so no.\n\n"
    "The final answer is @C.": "C",
    # nothing
    "The answer is @A or @B.": None,
    "It could be motion blur or noise.": None,
    "I cannot tell from this image.": None,
    "The slice shows a chest.": None,
    "If there were streaks, @D would be correct.": None,
    "The background is even. There is no implant. If there were streaks, @D would be correct.": None,
    "If there were streaks, metal artifact would be likely.": None,
    "Is it noise?": None,
}
GRADES = {
    # marked
    "Verdict: good": "good",
    "Verdict: reject": "reject",
    "**Verdict:** usable": "usable",
    "Final verdict: reject.": "reject",
    "The edges are soft.\n\nVerdict: usable": "usable",
    "Verdict: good ||\n\nThe edges are crisp and the grain is low.": "good",
    "<verdict>reject</verdict>": "reject",
    "Streaks hide the liver.\n<verdict>reject</verdict>": "reject",
    '{"verdict": "usable"}': "usable",
    # stated
    "The overall quality of this image is good.": "good",
    "Overall, the image quality is usable.": "usable",
    "I rate this image as good. || The edges are crisp throughout.": "good",
    "I would rate this image as usable. || There is some grain in the lower half.": "usable",
    "This image should be rejected. || Streaks run across the whole slice.": "reject",
    "Overall, this image is usable. || There is some grain in the lower half.": "usable",
    "The image must be rejected.": "reject",
    "The image is of good quality. || The edges are crisp throughout.": "good",
    "The image is not usable.": "reject",
    # bare
    "good": "good",
    "Usable.": "usable",
    "Reject": "reject",
    # reasoning, then a verdict
    "The noise is low. The edges are crisp. The contrast is good.\n\nOverall, the image is good.": "good",
    "The contrast is good, but streaks hide the liver. Therefore, the image should be rejected.": "reject",
    "Noise: low.\nSharpness: good.\nArtifacts: severe streaks.\n\nVerdict: reject": "reject",
    "A good image would show the vessels. Here they are hidden.\n\nFinal verdict: reject": "reject",
    "<think>Good? No, it is soft.</think>\nVerdict: usable": "usable",
    "One might call it good at first. The edges are soft, though.\n\nVerdict: usable": "usable",
    "Step 1: I look at the edges. They are soft.\nStep 2: I look at the grain. It is mild.\n\n"
    "Overall, the image is usable.": "usable",
    # nothing
    "The contrast is good.": None,
    "The slice shows a chest.": None,
    "Verdict: good, usable or reject": None,
    "I cannot assess this image.": None,
    "Should it be rejected?": None,
    "With less motion the image would be good.": None,
}
PAIRS = {
    # marked
    "Verdict: @first": "first",
    "**Verdict:** @second": "second",
    "Final verdict: @second image.": "second",
    "Both show the same slice.\n\nVerdict: @first": "first",
    "Verdict: @second ||\n\nThe edges are crisper there.": "second",
    "<verdict>@first</verdict>": "first",
    '{"verdict": "@second"}': "second",
    # stated
    "The @first image is better.": "first",
    "The @second image is of better quality than the @first image.": "second",
    "Overall, the @first image has higher quality. || It shows more detail in the vessels.": "first",
    "I prefer the @second image. || It shows more detail in the vessels.": "second",
    "Image @A is better than image @B.": "first",
    "Image @2 has higher overall quality than image @1.": "second",
    "The @first image is of lower quality than the @second image.": "second",
    "The @second image is worse overall.": "first",
    "The overall quality of the @second image is better. || It shows more detail in the vessels.": "second",
    "The @first image is superior in overall quality.": "first",
    # bare
    "@first": "first",
    "The @second image.": "second",
    "@first image": "first",
    # reasoning, then a verdict
    "The @first image is brighter. The @second image has crisper edges.\n\n"
    "Overall, the @second image is better.": "second",
    "The contrast of the @second image is better, but overall the @first image has higher quality.": "first",
    "At first glance the @second image looks better. It is full of streaks, however.\n\nVerdict: @first": "first",
    "<think>The @first? No, it is soft.</think>\nVerdict: @second": "second",
    "Noise: lower in the @first image.\nSharpness: higher in the @second image.\n\nVerdict: @second": "second",
    "The @first image suffers from streaks. Therefore, the @second image is of higher quality.": "second",
    # nothing
    "The contrast of the @second image is better.": None,
    "Both images are of the same quality.": None,
    "Which image is better, the @first or the @second?": None,
    "Both show a chest.": None,
    "I cannot compare the two.": None,
    "If the @first image were sharper, it would be better.": None,
}
SCORES = {
    # marked
    "Score: 2": 2,
    "Score: 0": 0,
    "**Score:** 1": 1,
    "Score: 2/2": 2,
    "Final score: 1": 1,
    "Both findings are named.\n\nScore: 2": 2,
    "Score: 1 ||\n\nThe blur is named and the rings are left out.": 1,
    "Score: 0 ||\n\nNothing of the reference is named.": 0,
    '{"score": 2}': 2,
    '{"reasoning": "One of two findings is named.", "score": 1}': 1,
    # stated
    "The score is 1.": 1,
    "The final score is 0. || Nothing of the reference is named.": 0,
    "I give it a 2. || Both findings are named.": 2,
    "I would give a score of 1. || The rings are left out.": 1,
    "I assign a score of 2.": 2,
    "The description deserves a score of 0.": 0,
    # bare
    "2": 2,
    "0": 0,
    "1.": 1,
    "2/2": 2,
    # reasoning, then a score
    "Two of three findings are covered.\n\nScore: 1": 1,
    "The blur is named. The rings are left out.\n\nTherefore, the score is 1.": 1,
    "A 2 would be too generous, since the rings are left out.\n\nScore: 1": 1,
    "2 = all covered, 1 = a part, 0 = none.\n\nNothing is covered.\n\nScore: 0": 0,
    "<think>A 1? No, both are named.</think>\nScore: 2": 2,
    "Step 1: The reference names blur and rings.\nStep 2: The description names both.\n\nFinal score: 2": 2,
    # nothing
    "The description is partly right.": None,
    "Score: 1.5": None,
    "Score: 20": None,
    "2 = all covered, 1 = a part, 0 = none.": None,
    "The score is between 0 and 2.": None,
    "I cannot score this.": None,
}
