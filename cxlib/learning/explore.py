"""Things to play with: sliders and switches where ipywidgets are there, one picture where they are not.

cx.explore.nps(promoters=90, passives=60, detractors=50)
"""

from cxlib.learning.blueprint_explorer import explore_blueprint as blueprint
from cxlib.learning.clock_explorer import explore_business_hours as business_hours
from cxlib.learning.explorer import explore_nps as nps
from cxlib.learning.research_explorer import explore_research as research
from cxlib.learning.unit_explorer import explore_conversion as conversion
from cxlib.learning.visit_explorer import explore_sessions as sessions

__all__ = ["blueprint", "business_hours", "conversion", "nps", "research", "sessions"]
